import {
  type StageWarning,
  type TransformCallback,
  chunkBytes,
} from '../../core/stage.ts'
import type { FileSession } from './file-session.ts'
import type { FileTranscriberOptions } from './file-options.ts'
import {
  type FileInternals,
  type FileSettings,
  resolve,
} from './file-settings.ts'
import { ServiceStage } from '../service-stage.ts'

export type {
  AutoTurns,
  FileTranscriberOptions,
  KnownSpeaker,
} from './file-options.ts'

/** Events of {@link FileTranscriber}, beside those of every stream. */
export type FileTranscriberEvents = {
  /** A problem that does not stop the stage. */
  readonly warning: [warning: StageWarning]
}

/**
 * Transcribes a file with OpenAI's `audio.transcriptions`: bytes of any
 * container in, {@link TranscriptEvent}s out.
 *
 * A file that the service accepts is sent unchanged. A file that is larger than
 * 25 MiB, too long for the model or in another format is decoded locally, cut
 * at pauses and sent in parts, `concurrency` at a time; events keep the order
 * of the source. Silent parts are not sent. Up to 4 MiB are kept in memory,
 * more in a private temporary file, so that parts can be sent again.
 *
 * If the model can stream, text arrives as deltas. A part's finals are emitted
 * when it is answered: one per segment with `whisper-1` (with `words`, `source:
 * 'model'`) and with models that distinguish speakers, otherwise one per part.
 * Speakers are matched only within a part: the service's `A` is `A` in the
 * first part and `A (2)` in the second. Known speakers keep their names.
 *
 * Temporary failures (no connection, 408, 409, 429, 5xx, a stream that breaks
 * off) are retried with growing waits, or after the time that the service asks
 * for, with a `VOX_RECONNECTING` warning each. A part that fails for good
 * becomes a `gap`; the others continue.
 *
 * Errors: `VOX_OPTION` from the constructor, also for options that conflict;
 * `VOX_SERVICE_REFUSED` for a key, a model, an option or a quota;
 * `VOX_SERVICE_FAILED` if no part could be transcribed; those of {@link
 * Decoder}, after everything that was decoded has been transcribed.
 */
export class FileTranscriber extends ServiceStage<
  Uint8Array,
  FileTranscriberEvents
> {
  /** Set before the first write. */
  #session: FileSession | undefined
  readonly #settings: FileSettings
  #over = false
  #ended: (() => void) | undefined

  /** @throws OptionError */
  constructor(options: FileTranscriberOptions)
  /** @internal */
  constructor(options: FileTranscriberOptions, internals?: FileInternals)
  constructor(options: FileTranscriberOptions, internals: FileInternals = {}) {
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

  /** @internal */
  protected override async open(): Promise<FileSession> {
    const { model } = this.#settings
    this.push({ type: 'start', schema: 1, engine: 'openai', model })
    const { FileSession } = await import('./file-session.ts')
    this.#session = new FileSession(this.#settings, {
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
    return this.#session
  }

  override _transform(
    chunk: unknown,
    _: string,
    done: TransformCallback,
  ): void {
    const bytes = chunkBytes(chunk, 'FileTranscriber')
    this.#session!.write(bytes).then(() => done(), done)
  }

  override _flush(done: TransformCallback): void {
    if (this.#over) return done()
    this.#ended = () => this.destroyed || done()
    this.#session!.end()
  }
}
