import { type TransformCallback, chunkBytes } from '../../core/stage.ts'
import type { FileSession } from './file-session.ts'
import type { FileTranscriberOptions } from './file-options.ts'
import {
  type FileInternals,
  type FileSettings,
  resolve,
} from './file-settings.ts'
import { ServiceStage } from '../service-stage.ts'

export type {
  ChunkingStrategy,
  FileTranscriberOptions,
  KnownSpeaker,
} from './file-options.ts'

/**
 * Has OpenAI transcribe a file: bytes of any container in,
 * {@link TranscriptEvent}s out, through `audio.transcriptions`.
 *
 * A file that the service takes is sent as it is, named after what its bytes
 * are. What is too large (25 MiB), too long for the model, or in another
 * format is decoded here, cut at its pauses and sent in parts, `concurrency`
 * at a time; their events come in the order of the source. Parts without a
 * sound are not sent. Bytes are kept in memory up to 4 MiB, else in a private
 * temporary file, so that a part can be sent again.
 *
 * Where the model can stream, text comes in deltas. Finals come when a part is
 * answered: one a segment with `whisper-1` (with `words`, `source: 'model'`)
 * and with models that know speakers, else one a part. A speaker that the
 * service calls `A` is `A` in the first part and `A (2)` in the second, for
 * nobody knows whether they are the same; known speakers keep their names.
 *
 * What may pass (no connection, 408, 409, 429, 5xx, a stream that ends before
 * its last event) is tried again with growing waits, or after those that the
 * service asks for, and told as a `VOX_RECONNECTING` warning. A part that
 * fails for good is a `gap`, and the others go on.
 *
 * Errors: `VOX_OPTION` from the constructor, for what does not go together
 * too; `VOX_SERVICE_REFUSED` for a key, a model, an option or a quota;
 * `VOX_SERVICE_FAILED` where no part could be transcribed; those of
 * {@link Decoder}, after what could be decoded has been transcribed.
 */
export class FileTranscriber extends ServiceStage<Uint8Array, FileSession> {
  readonly #settings: FileSettings
  #over = false
  #ended: (() => void) | undefined

  /** @throws OptionError */
  constructor(
    options: FileTranscriberOptions,
    /** @internal */
    internals: FileInternals = {},
  ) {
    const settings = resolve(options, internals)
    const { signal } = settings
    super({
      objectMode: true, // other chunks than bytes get an error that is caught
      writableHighWaterMark: 2,
      readableHighWaterMark: 16,
      ...(signal && { signal }),
    })
    this.#settings = settings
  }

  protected override async open(): Promise<FileSession> {
    const { model } = this.#settings
    this.push({ type: 'start', schema: 1, engine: 'openai', model })
    const { FileSession } = await import('./file-session.ts')
    return new FileSession(this.#settings, {
      onEvent: event => this.push(event),
      onWarning: warning => this.emit('warning', warning),
      onEnd: () => {
        // An endless source must not keep the reader waiting for its end.
        this.push(null)
        this.#over = true
        this.#ended?.()
      },
      onError: error => this.fail(error),
    })
  }

  override _transform(
    chunk: unknown,
    _: string,
    done: TransformCallback,
  ): void {
    const bytes = chunkBytes(chunk, 'FileTranscriber')
    this.worker.write(bytes).then(() => done(), done)
  }

  override _flush(done: TransformCallback): void {
    if (this.#over) return done()
    this.#ended = () => this.destroyed || done()
    this.worker.end()
  }
}
