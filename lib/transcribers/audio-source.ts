import { pipeline } from 'node:stream/promises'
import { endOf, type AudioChunk } from '../core/audio-chunk.ts'
import type { StageWarning } from '../core/stage.ts'
import { openInput, type AudioInput } from '../io/open-input.ts'
import {
  Decoder,
  type AudioFormat,
  type DecoderOptions,
} from '../decode/decoder.ts'
import { Source } from './source.ts'

/** How far a transcript has come. */
export type TranscribeProgress = {
  /** Audio that has been handed to the engine, in ms. */
  readonly audioMs: number
  /** Length of the source, in ms, where its container says so. */
  readonly durationMs?: number
}

/** How a source is read. */
export type SourceOptions = DecoderOptions & {
  /**
   * Ends the source when aborted: what has been read is still transcribed,
   * and the transcript ends with `complete: false`.
   */
  readonly stop?: AbortSignal
  /**
   * Called once, when the source's format is known. Not called for a file that
   * a service decodes.
   */
  readonly onFormat?: (format: AudioFormat) => void
  /** Called as the engine takes audio; likewise. */
  readonly onProgress?: (progress: TranscribeProgress) => void
}

/** A source that is decoded here. */
export class AudioSource extends Source<AudioChunk> {
  readonly #decoder: Decoder
  readonly #onProgress: SourceOptions['onProgress']
  #durationMs: number | undefined

  /** Opens the input. */
  constructor(input: AudioInput, options: SourceOptions) {
    const { stop, onFormat, onProgress, ...decoding } = options
    super(stop)
    this.#onProgress = onProgress
    this.#decoder = new Decoder(decoding)
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
        ...(this.#durationMs !== undefined && { durationMs: this.#durationMs }),
      })
    }
  }
}
