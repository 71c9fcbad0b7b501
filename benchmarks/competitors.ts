import type { LatencyEngine } from './latency/measure-latency.ts'

/**
 * What this package is measured beside, by name: URL of a module that answers
 * {@link LiveStart}, {@link FileStart}, {@link ResampleStart} or
 * {@link FaultsStart} as its default export. Modules are loaded by the process
 * of the case.
 */
export type Competitors = {
  /** Modules that answer {@link LiveStart}. */
  readonly latency?: Readonly<Record<string, string>>
  /** Modules that answer {@link FileStart}. */
  readonly throughput?: Readonly<Record<string, string>>
  /** Modules that answer {@link ResampleStart}. */
  readonly resampler?: Readonly<Record<string, string>>
  /** Modules that answer {@link FaultsStart}. */
  readonly faults?: Readonly<Record<string, string>>
}

/** A live engine, started and ready. */
export type LiveEngine = {
  /** Name of its model, for the row. */
  readonly model: string
  /** How many streams it takes to use all of it. */
  readonly width: number
  /** Transcribes one stream. */
  readonly run: LatencyEngine
  /** A file at once, to compare the finals with. */
  readonly decodeFile?: (path: string) => Promise<string>
  /** Frees its resources. */
  readonly close: () => Promise<void>
}

/** Starts a live engine; undefined where it is not installed. */
export type LiveStart = (options: {
  /** Name of the model. */
  readonly model?: string
  /** Setting of the trade-off between delay and stability. */
  readonly latency?: string
  /** Language spoken. */
  readonly language?: string
  /** Folder of models to search first. */
  readonly modelDir?: string
  /** Absolute path of a module with a recogniser. */
  readonly recognizer?: string
  /** Silence that ends a turn. */
  readonly silenceMs: number
}) => Promise<LiveEngine | undefined>

/** Loads what makes text of a turn's samples, 16 kHz; undefined if absent. */
export type FileStart = (options: {
  /** Absolute path of the encoder's model. */
  readonly encoder: string
  /** Absolute path of the decoder's model. */
  readonly decoder: string
  /** Number of threads to use. */
  readonly threads: number
}) => Promise<
  | {
      /** Returns the text of a turn. */
      text(samples: Float32Array): string
    }
  | undefined
>

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
  readonly gaps: readonly {
    /** In ms. */
    readonly start: number
    /** In ms. */
    readonly end: number
  }[]
  /** Whether an error said that the transcript ended early. */
  readonly failed: boolean
}

/** Hears numbered audio through a service that has faults. */
export type FaultsEngine = {
  /** Whether the time between pings can be set. */
  readonly pings: boolean
  /**
   * Transcribes the audio. Resolves when no more finals will come.
   */
  transcribe(options: {
    /** Of the service, or of a proxy in front of it. */
    readonly baseURL: string
    /** 50 ms each, 24 kHz s16le mono, in real time; not to be changed. */
    readonly frames: AsyncIterable<Uint8Array>
    /** Between pings, in ms; the engine's own default if undefined. */
    readonly pingMs: number | undefined
    /** Aborted if it takes too long. */
    readonly signal: AbortSignal
    /** Called with each final as it arrives. */
    readonly onFinal: (text: string) => void
    /** Called for each error or warning that the user receives. */
    readonly onReport: () => void
  }): Promise<RecognizedNumbers>
  /** Frees its resources. */
  close(): Promise<void>
}

/** Starts what hears numbered audio; undefined where not installed. */
export type FaultsStart = () => Promise<FaultsEngine | undefined>
