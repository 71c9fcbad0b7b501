import type { LatencyEngine } from './latency/measure-latency.ts'

/**
 * What this package is measured beside, by name: URL of a module that answers
 * {@link LiveStart}, {@link FileStart}, {@link ResampleStart} or
 * {@link FaultsStart} as its default export. Modules are loaded by the process
 * of the case.
 */
export type Competitors = {
  readonly latency?: Readonly<Record<string, string>>
  readonly throughput?: Readonly<Record<string, string>>
  readonly resampler?: Readonly<Record<string, string>>
  readonly faults?: Readonly<Record<string, string>>
}

/** A live engine, started and ready. */
export type LiveEngine = {
  /** Name of its model, for the row. */
  readonly model: string
  /** How many streams it takes to use all of it. */
  readonly width: number
  readonly run: LatencyEngine
  /** A file at once, to compare the finals with. */
  readonly decodeFile?: (path: string) => Promise<string>
  readonly close: () => Promise<void>
}

/** Starts a live engine; undefined where it is not installed. */
export type LiveStart = (options: {
  readonly model?: string
  readonly latency?: string
  readonly language?: string
  readonly modelDir?: string
  /** Absolute path of a module with a recogniser. */
  readonly recognizer?: string
  /** Silence that ends a turn. */
  readonly silenceMs: number
}) => Promise<LiveEngine | undefined>

/** Loads what makes text of a turn's samples, 16 kHz; undefined if absent. */
export type FileStart = (options: {
  readonly encoder: string
  readonly decoder: string
  readonly threads: number
}) => Promise<{ text(samples: Float32Array): string } | undefined>

/**
 * Makes a function from samples of one channel to samples; throws, with the
 * reason, where it is not there.
 */
export type ResampleStart = (
  from: number,
  to: number,
) =>
  | ((samples: Float32Array) => Float32Array)
  | Promise<(samples: Float32Array) => Float32Array>

/** What a reader knows of numbered audio beside its finals. */
export type RecognizedNumbers = {
  /** What the reader was told is missing, in ms of the audio. */
  readonly gaps: readonly { readonly start: number; readonly end: number }[]
  /** Whether an error said that the transcript ended early. */
  readonly failed: boolean
}

/** Hears numbered audio through a service that has faults. */
export type FaultsEngine = {
  /** Whether the time between pings can be set. */
  readonly pings: boolean
  /**
   * Resolves when no more finals will come.
   *
   * @param baseURL of the service, or of a proxy before it
   * @param frames of 50 ms, 24 kHz s16le mono, at real time; not to be changed
   * @param pingMs between pings; its own where undefined
   * @param signal aborted where it takes too long
   * @param onFinal called with each final as it comes
   * @param onReport called for each error or warning that the reader gets
   */
  transcribe(options: {
    readonly baseURL: string
    readonly frames: AsyncIterable<Uint8Array>
    readonly pingMs: number | undefined
    readonly signal: AbortSignal
    readonly onFinal: (text: string) => void
    readonly onReport: () => void
  }): Promise<RecognizedNumbers>
  close(): Promise<void>
}

/** Starts what hears numbered audio; undefined where not installed. */
export type FaultsStart = () => Promise<FaultsEngine | undefined>
