import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { endOf, type AudioChunk } from './core/audio-chunk.ts'
import type { StageWarning } from './core/stage.ts'
import type { TranscriptEvent } from './core/transcript-event.ts'
import type { EnginePool } from './engine/engine-pool.ts'
import type { Latency } from './engine/latency.ts'
import { LOCAL_SAMPLE_RATE, LocalTranscriber } from './transcribers/local.ts'
import { Chunker } from './transforms/chunker.ts'
import {
  Decoder,
  type AudioFormat,
  type DecoderOptions,
} from './transforms/decoder.ts'
import { openInput, type AudioInput } from './io/open-input.ts'
import { Resampler } from './transforms/resampler.ts'

/** How far a transcript has come. */
export type TranscribeProgress = {
  /** Audio that has been handed to the engine, in ms. */
  readonly audioMs: number
  /** Length of the source, in ms, where its container says so. */
  readonly durationMs?: number
}

/** Options of {@link transcribe}. */
export type TranscribeOptions = Omit<DecoderOptions, 'signal'> & {
  /** `tiny` or `base`. @default 'tiny', and 'base' with `live` */
  readonly model?: string
  /** Folder of models to look in before the cache. */
  readonly modelDir?: string
  /** Engine to share between transcripts; instead of `model`, `modelDir`. */
  readonly pool?: EnginePool
  /** Language spoken; the engine knows English. @default 'en' */
  readonly language?: string
  /**
   * Emits deltas while somebody speaks; for input that comes in real time.
   * @default false
   */
  readonly live?: boolean
  /** How early deltas come, with `live`. @default 'balanced' */
  readonly latency?: Latency
  /** Ends the transcript with the signal's reason when aborted. */
  readonly signal?: AbortSignal
  /**
   * Ends the source when aborted: what has been read is still transcribed,
   * and the transcript ends with `complete: false`.
   */
  readonly stop?: AbortSignal
  /** Called once, when the source's format is known. */
  readonly onFormat?: (format: AudioFormat) => void
  /** Called as the engine takes audio. */
  readonly onProgress?: (progress: TranscribeProgress) => void
}

/** Events of one transcript; iterate it once, or ask for its text. */
export class Transcript implements AsyncIterable<TranscriptEvent> {
  readonly #events: AsyncGenerator<TranscriptEvent>

  /** @internal */
  constructor(events: AsyncGenerator<TranscriptEvent>) {
    this.#events = events
  }

  [Symbol.asyncIterator](): AsyncIterator<TranscriptEvent> {
    return this.#events
  }

  /** The whole text: all finals, joined by spaces. */
  async text(): Promise<string> {
    const texts: string[] = []
    for await (const event of this.#events)
      if (event.type === 'final' && event.text) texts.push(event.text)
    return texts.join(' ')
  }
}

/**
 * The usual pipeline in one call: decode, resample to 16 kHz mono, cut into
 * 50 ms chunks, transcribe on this machine.
 *
 * ```ts
 * for await (const event of transcribe('talk.mp3'))
 *   if (event.type === 'final') console.log(event.text)
 * ```
 *
 * Warnings of the decoder are among the events. Where the source fails after
 * some audio, what came is transcribed first: its finals, then an `end` with
 * `complete: false`, then the error is thrown.
 *
 * @param input path of a file, its bytes, or a stream of bytes
 * @throws {VoxpipeError} on iteration; see docs/errors.md
 */
export const transcribe = (
  input: AudioInput,
  options: TranscribeOptions = {},
): Transcript => new Transcript(run(input, options))

async function* run(
  input: AudioInput,
  options: TranscribeOptions,
): AsyncGenerator<TranscriptEvent> {
  const { model, modelDir, pool, language, live, latency, signal } = options
  signal?.throwIfAborted()
  const stage = signal ? { signal } : {}
  const transcriber = new LocalTranscriber({
    ...stage,
    ...(model !== undefined && { model }),
    ...(modelDir !== undefined && { modelDir }),
    ...(pool && { pool }),
    ...(language !== undefined && { language }),
    ...(live !== undefined && { live }),
    ...(latency !== undefined && { latency }),
  })
  // After the options have been checked: it opens the input.
  const source = new Source(input, options)
  const flow = pipeline(
    Readable.from(source.chunks(), { highWaterMark: 1 }),
    new Resampler({ sampleRate: LOCAL_SAMPLE_RATE, ...stage }),
    new Chunker({ ms: 50, ...stage }),
    transcriber,
  )
  flow.catch(() => {}) // the iteration below throws the same error
  try {
    for await (const event of transcriber as AsyncIterable<TranscriptEvent>) {
      yield* source.takeWarnings()
      yield event.type === 'end'
        ? { ...event, complete: event.complete && source.complete }
        : event
    }
  } catch (error) {
    signal?.throwIfAborted() // its reason, not Node's error about it
    throw error
  } finally {
    source.close()
    transcriber.destroy()
  }
  signal?.throwIfAborted()
  if (source.failure) throw source.failure
}

/** The decoded source, which ends quietly where it fails after some audio. */
class Source {
  readonly #decoder: Decoder
  readonly #options: TranscribeOptions
  #warnings: StageWarning[] = []
  #durationMs: number | undefined
  #stopped = false
  /** Whether all of the source came. */
  complete = true
  /** Why it ended before its end, after some audio. */
  failure: Error | undefined

  constructor(input: AudioInput, options: TranscribeOptions) {
    const { raw, maxDurationMs, strict, ffmpeg, signal, stop } = options
    this.#options = options
    this.#decoder = new Decoder({
      ...(raw && { raw }),
      ...(maxDurationMs !== undefined && { maxDurationMs }),
      ...(strict !== undefined && { strict }),
      ...(ffmpeg !== undefined && { ffmpeg }),
      ...(signal && { signal }),
    })
    this.#decoder.on('warning', (warning: StageWarning) => {
      this.complete = false
      this.#warnings.push(warning)
    })
    this.#decoder.on('format', (format: AudioFormat) => {
      this.#durationMs = format.durationMs
      options.onFormat?.(format)
    })
    stop?.addEventListener('abort', this.#stop)
    if (stop?.aborted) this.#stop()
    pipeline(openInput(input), this.#decoder).catch(() => {})
  }

  async *chunks(): AsyncGenerator<AudioChunk> {
    let any = false
    try {
      for await (const chunk of this.#decoder as AsyncIterable<AudioChunk>) {
        any = true
        yield chunk
        this.#options.onProgress?.({
          audioMs: (1_000 * endOf(chunk)) / chunk.sampleRate,
          ...(this.#durationMs !== undefined && {
            durationMs: this.#durationMs,
          }),
        })
      }
    } catch (error) {
      if (this.#stopped) return
      if (!any) throw error
      this.complete = false
      this.failure = error as Error
    }
  }

  *takeWarnings(): Generator<TranscriptEvent> {
    for (const warning of this.#warnings.splice(0))
      yield { type: 'warning', ...warning }
  }

  close(): void {
    this.#options.stop?.removeEventListener('abort', this.#stop)
    this.#decoder.destroy()
  }

  readonly #stop = (): void => {
    this.#stopped = true
    this.complete = false
    this.#decoder.destroy()
  }
}
