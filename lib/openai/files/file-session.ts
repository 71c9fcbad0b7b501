import { PassThrough } from 'node:stream'
import { EmptyInputError, FfmpegMissingError } from '../../core/errors.ts'
import type { StageWarning } from '../../core/stage.ts'
import type { TranscriptEvent } from '../../core/transcript-event.ts'
import { Mp4DurationReader } from '../../decode/mp4-boxes.ts'
import { ByteStore, bytesOf } from './byte-store.ts'
import { Failure } from './upload-failure.ts'
import { sendInParts } from './send-in-parts.ts'
import { UploadSender } from './upload-sender.ts'
import type { FileSettings } from './file-settings.ts'
import { MIN_MS, type Outcome, TOO_SHORT } from './part.ts'
import { type Findings, type Survey, survey } from './survey.ts'
import { type UploadFormat, uploadFormat } from './upload-format.ts'

/** What a {@link FileSession} tells. */
export type FileSessionListener = {
  readonly onEvent: (event: TranscriptEvent) => void
  readonly onWarning: (warning: StageWarning) => void
  /** All has been told; what else is written does not matter. */
  readonly onEnd: () => void
  readonly onError: (error: Error) => void
}

/**
 * Takes the bytes of one file and has them transcribed: as they are where the
 * service takes them, else decoded and in parts.
 */
export class FileSession {
  readonly #settings: FileSettings
  readonly #listener: FileSessionListener
  readonly #abort = new AbortController()
  readonly #kept = new ByteStore()
  readonly #told = new Set<string>()
  /** Where bytes go once they are too many for one upload. */
  #feed: PassThrough | undefined
  #survey: Survey | undefined
  #sender: UploadSender
  #running: Promise<void> | undefined
  #over = false

  constructor(settings: FileSettings, listener: FileSessionListener) {
    this.#settings = settings
    this.#listener = listener
    this.#sender = this.#newSender()
  }

  /** Takes the next bytes, as soon as there is room for them. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#over) return
    if (!this.#feed) {
      await this.#kept.append(bytes)
      const { maxBytes } = this.#settings.limits
      if (this.#kept.length <= maxBytes || this.#over) return
      const feed = new PassThrough()
      this.#feed = feed
      this.#run(() => this.#inParts(this.#keptAndMore(feed)))
      return
    }
    const feed = this.#feed
    const written = new Promise<void>(resolve =>
      feed.write(bytes, () => resolve()),
    )
    await Promise.race([written, this.#running])
  }

  /** The file ends here. */
  end(): void {
    if (this.#over) return
    if (this.#feed) this.#feed.end()
    else this.#run(() => this.#whole())
  }

  /** Stops all that is under way, and forgets the bytes. */
  async destroy(): Promise<void> {
    this.#over = true
    this.#abort.abort()
    this.#survey?.stop()
    this.#feed?.destroy()
    await this.#running
    await this.#sender.settle()
    await this.#survey?.all
    await this.#kept.remove()
  }

  #run(transcribe: () => Promise<Outcome>): void {
    this.#running = transcribe()
      .then(outcome => this.#finish(outcome))
      .catch((error: unknown) => {
        if (this.#over) return
        this.#over = true
        const reason = error instanceof Failure ? error.reason : error
        this.#listener.onError(reason as Error)
      })
  }

  async #finish({ durationMs, failure }: Outcome): Promise<void> {
    await this.#sender.end()
    const { gaps, usage } = this.#sender
    this.#listener.onEvent({
      type: 'end',
      duration: Math.round(durationMs),
      complete: gaps === 0 && this.#told.size === 0 && !failure,
      ...(usage && { usage }),
    })
    if (failure) throw failure
    this.#over = true
    this.#listener.onEnd()
  }

  async *#keptAndMore(feed: PassThrough): AsyncGenerator<Uint8Array> {
    yield* bytesOf(await this.#kept.blob())
    yield* feed as AsyncIterable<Uint8Array>
  }

  /** The file fits into one upload: sends it as it is, if that can be. */
  async #whole(): Promise<Outcome> {
    const blob = await this.#kept.blob()
    if (blob.size === 0) throw new EmptyInputError('the input is empty')
    const format = this.#settings.mustDecode
      ? undefined
      : await uploadFormat(blob)
    const outcome = format && (await this.#asItIs(blob, format))
    return outcome ?? this.#inParts(bytesOf(blob))
  }

  /** Undefined: the service does not take it like this. */
  async #asItIs(
    blob: Blob,
    format: UploadFormat,
  ): Promise<Outcome | undefined> {
    const { limits, decoder } = this.#settings
    const look = survey(blob, limits.maxMs, decoder, this.#warn)
    this.#survey = look
    const glimpse = await look.first
    const tiny = (glimpse.declaredMs ?? Infinity) < MIN_MS
    const first = tiny ? await look.all : glimpse
    // It can be sent without being looked at.
    const blind = first.failure instanceof FfmpegMissingError
    if (first.failure && !blind && first.decodedMs === 0) throw first.failure
    const declaredMs = blind ? await declaredOf(blob) : first.declaredMs
    if (Math.max(first.decodedMs, declaredMs ?? 0) > limits.maxMs) {
      look.stop()
      return undefined
    }
    const nothing = first.whole && !blind && this.#nothingIn(first)
    if (nothing) return nothing
    const length = async (): Promise<number | undefined> =>
      blind ? declaredMs : lengthOf(await look.all)
    await this.#sender.add(
      {
        number: 1,
        start: 0,
        end: async () => rounded(await length()),
        blob: async () => blob,
        release: async () => {},
      },
      format,
    )
    try {
      await this.#sender.end()
    } catch (error) {
      if (blind || !(error instanceof Failure && error.aboutFile)) throw error
      look.stop()
      this.#sender = this.#newSender()
      return undefined
    }
    const { failure } = await look.all
    return {
      durationMs: (await length()) ?? this.#sender.endMs,
      ...(failure && !blind && { failure }),
    }
  }

  /** The outcome for a file that need not be sent, as there is nothing in it. */
  #nothingIn(findings: Findings): Outcome | undefined {
    const { audible, decodedMs: durationMs, failure } = findings
    if (audible && durationMs >= MIN_MS) return undefined
    if (audible) this.#sender.gap(0, Math.round(durationMs), TOO_SHORT)
    return { durationMs, ...(failure && { failure }) }
  }

  async #inParts(bytes: AsyncIterable<Uint8Array>): Promise<Outcome> {
    const { decoder, limits } = this.#settings
    const decoding = {
      ...decoder,
      signal: this.#abort.signal,
      onWarning: this.#warn,
    }
    return sendInParts(bytes, decoding, limits, this.#sender)
  }

  #newSender(): UploadSender {
    const { onEvent } = this.#listener
    const onRetry = (message: string): void =>
      this.#listener.onWarning({ code: 'VOX_RECONNECTING', message })
    const listener = { onEvent, onRetry }
    return new UploadSender(this.#settings, listener, this.#abort.signal)
  }

  /** Tells that something is wrong with the source, once. */
  readonly #warn = (warning: StageWarning): void => {
    if (this.#told.has(warning.message)) return
    this.#told.add(warning.message)
    this.#listener.onWarning(warning)
  }
}

const rounded = (ms: number | undefined): number | undefined =>
  ms === undefined ? undefined : Math.round(ms)

/** The length of a file that has been looked at, in ms. */
const lengthOf = ({ decodedMs, declaredMs, failure }: Findings): number =>
  failure ? Math.max(decodedMs, declaredMs ?? 0) : decodedMs

/** The length that an MP4 declares, in ms. */
const declaredOf = async (blob: Blob): Promise<number | undefined> => {
  const watcher = new Mp4DurationReader()
  for await (const bytes of bytesOf(blob)) watcher.push(bytes)
  return watcher.seconds === undefined ? undefined : 1_000 * watcher.seconds
}
