import { Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { endOf, type AudioChunk } from '../core/audio-chunk.ts'
import { FormatError } from '../core/errors.ts'
import { given } from '../core/options.ts'
import type { StageWarning } from '../core/stage.ts'
import {
  Decoder,
  type AudioFormat,
  type DecoderOptions,
} from '../decode/decoder.ts'
import { type AudioInput, openInput } from './audio-input.ts'

/** Replaces Node's error for a null chunk. */
const asVoxpipeError = (error: NodeJS.ErrnoException): Error =>
  error.code === 'ERR_STREAM_NULL_VALUES'
    ? new FormatError(
        'the source emitted null instead of bytes; omit such chunks',
        { cause: error },
      )
    : error

/**
 * The source of a transcript. If it fails after some audio, or is stopped, it
 * ends without an error, so that the audio before is transcribed.
 */
abstract class Source<T> {
  /** Warnings to emit. */
  readonly warnings: StageWarning[] = []
  readonly #stop: AbortSignal | undefined
  #stopped = false
  /** Whether it was read to its end. */
  complete = true
  /** Why it ended early, after some audio. */
  failure: Error | undefined

  constructor(stop: AbortSignal | undefined) {
    this.#stop = stop
  }

  /** Returns a stream of the source; to be called once. */
  stream(): Readable {
    return Readable.from(this.#read(), { highWaterMark: 1 })
  }

  async *#read(): AsyncGenerator<T> {
    let any = false
    this.#stop?.addEventListener('abort', this.#onStop)
    if (this.#stop?.aborted) this.#onStop()
    try {
      for await (const part of this.parts()) {
        any = true
        yield part
      }
    } catch (error) {
      if (this.#stopped) return
      const failure = asVoxpipeError(error as NodeJS.ErrnoException)
      if (!any) throw failure
      this.complete = false
      this.failure = failure
    } finally {
      this.#stop?.removeEventListener('abort', this.#onStop)
    }
  }

  abstract close(): void

  protected abstract parts(): AsyncIterable<T>

  readonly #onStop = (): void => {
    this.#stopped = true
    this.complete = false
    this.close()
  }
}

export class InputBytes extends Source<Uint8Array> {
  readonly #input: Readable

  constructor(input: AudioInput, stop: AbortSignal | undefined) {
    super(stop)
    this.#input = openInput(input)
    this.#input.on('error', () => {}) // reported where it is read
  }

  override close(): void {
    this.#input.destroy()
  }

  protected override parts(): AsyncIterable<Uint8Array> {
    return this.#input as AsyncIterable<Uint8Array>
  }
}

/** A pipeline from a source to a transcriber, not yet running. */
export type Pipeline = {
  readonly source: Source<unknown>
  readonly stages: readonly [Readable, ...Transform[]]
  /** Emits TranscriptEvents. */
  readonly transcriber: Transform
  readonly warnings: readonly StageWarning[]
}

/** Progress of a transcript. */
export type TranscribeProgress = {
  /** Audio passed to the engine so far, in ms. */
  readonly audioMs: number
  /** Length of the source in ms, if its container states it. */
  readonly durationMs?: number
}

/** Options that control how a source is read. */
export type SourceOptions = DecoderOptions & {
  /**
   * Ends the source when aborted. Audio that has been read is still
   * transcribed, and the transcript ends with `complete: false`.
   */
  readonly stop?: AbortSignal
  /**
   * Called once, when the source's format is known. Not called for a file that
   * a service decodes.
   */
  readonly onFormat?: (format: AudioFormat) => void
  /**
   * Called as the engine takes audio. Not called for a file that a service
   * decodes.
   */
  readonly onProgress?: (progress: TranscribeProgress) => void
}

export class AudioSource extends Source<AudioChunk> {
  readonly #decoder: Decoder
  readonly #onProgress: SourceOptions['onProgress']
  #durationMs: number | undefined

  constructor(input: AudioInput, options: SourceOptions) {
    const { stop, onFormat, onProgress } = options
    super(stop)
    this.#onProgress = onProgress
    this.#decoder = new Decoder(options)
    this.#decoder.on('warning', (warning: StageWarning) => {
      this.complete = false
      this.warnings.push(warning)
    })
    this.#decoder.on('format', (format: AudioFormat) => {
      this.#durationMs = format.durationMs
      try {
        onFormat?.(format)
      } catch (error) {
        this.#decoder.destroy(error as Error)
      }
    })
    this.#decoder.pause() // is read later; an error waits until then
    pipeline(openInput(input), this.#decoder).catch(() => {})
  }

  override close(): void {
    this.#decoder.destroy()
  }

  protected override async *parts(): AsyncGenerator<AudioChunk> {
    for await (const chunk of this.#decoder as AsyncIterable<AudioChunk>) {
      yield chunk
      this.#onProgress?.({
        audioMs: (1_000 * endOf(chunk)) / chunk.sampleRate,
        ...given({ durationMs: this.#durationMs }),
      })
    }
  }
}
