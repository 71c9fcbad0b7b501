import { PassThrough } from 'node:stream'
import { WAV_HEADER_BYTES } from '../../audio/wav-writer.ts'
import type { AudioChunk } from '../../core/audio-chunk.ts'
import { EmptyInputError, FfmpegMissingError } from '../../core/errors.ts'
import type { StageWarning } from '../../core/stage.ts'
import type { TranscriptEvent } from '../../core/transcript-event.ts'
import { Mp4DurationReader } from '../../decode/mp4-boxes.ts'
import {
  ByteStore,
  bytesOf,
  MIN_MS,
  type Outcome,
  TOO_SHORT,
  PART_BYTES_PER_SECOND,
  PART_RATE,
  partMs,
  wavPart,
  type CutItem,
  PartCutter,
  type PartLimits,
} from './part-cutter.ts'
import type { FileSettings, UploadLimits } from './file-settings.ts'
import {
  type ProbeResult,
  type Probe,
  probe,
  type Decoding,
  decode,
} from './probe.ts'
import { UploadFailure } from './upload-failure.ts'
import { type UploadFormat, uploadFormat } from './request-form.ts'
import { UploadSender } from './upload-sender.ts'

export type FileSessionListener = {
  readonly onEvent: (event: TranscriptEvent) => void
  readonly onWarning: (warning: StageWarning) => void
  /** Called after the last event; later writes are ignored. */
  readonly onEnd: () => void
  readonly onError: (error: Error) => void
}

/**
 * Transcribes the bytes of one file: unchanged if the service accepts them,
 * otherwise decoded and in parts.
 */
export class FileSession {
  readonly #settings: FileSettings
  readonly #listener: FileSessionListener
  readonly #abort = new AbortController()
  readonly #store = new ByteStore()
  readonly #warned = new Set<string>()
  /** Receives the bytes once they are too many for one upload. */
  #feed: PassThrough | undefined
  #probe: Probe | undefined
  #sender: UploadSender
  #running: Promise<void> | undefined
  #isOver = false

  constructor(settings: FileSettings, listener: FileSessionListener) {
    this.#settings = settings
    this.#listener = listener
    this.#sender = this.#newSender()
  }

  /** Resolves when there is room for more. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#isOver) return
    if (!this.#feed) {
      await this.#store.append(bytes)
      const { maxBytes } = this.#settings.limits
      if (this.#store.length <= maxBytes || this.#isOver) return
      const feed = new PassThrough()
      this.#feed = feed
      this.#run(() => this.#sendInParts(this.#storedAndFed(feed)))
      return
    }
    const feed = this.#feed
    const written = new Promise<void>(resolve =>
      feed.write(bytes, () => resolve()),
    )
    await Promise.race([written, this.#running])
  }

  end(): void {
    if (this.#isOver) return
    if (this.#feed) this.#feed.end()
    else this.#run(() => this.#sendFile())
  }

  async destroy(): Promise<void> {
    this.#isOver = true
    this.#abort.abort()
    this.#probe?.stop()
    this.#feed?.destroy()
    await this.#running
    await this.#sender.settle()
    await this.#probe?.complete
    await this.#store.remove()
  }

  #run(transcribe: () => Promise<Outcome>): void {
    this.#running = transcribe()
      .then(outcome => this.#finish(outcome))
      .catch((error: unknown) => {
        if (this.#isOver) return
        this.#isOver = true
        const reason = error instanceof UploadFailure ? error.reason : error
        this.#listener.onError(reason as Error)
      })
  }

  async #finish({ durationMs, failure }: Outcome): Promise<void> {
    await this.#sender.end()
    const { gaps, usage } = this.#sender
    this.#listener.onEvent({
      type: 'end',
      duration: Math.round(durationMs),
      complete: gaps === 0 && this.#warned.size === 0 && !failure,
      ...(usage && { usage }),
    })
    if (failure) throw failure
    this.#isOver = true
    this.#listener.onEnd()
  }

  async *#storedAndFed(feed: PassThrough): AsyncGenerator<Uint8Array> {
    yield* bytesOf(await this.#store.blob())
    yield* feed as AsyncIterable<Uint8Array>
  }

  async #sendFile(): Promise<Outcome> {
    const blob = await this.#store.blob()
    if (blob.size === 0) throw new EmptyInputError('the input is empty')
    const format = this.#settings.mustDecode
      ? undefined
      : await uploadFormat(blob)
    const outcome = format && (await this.#sendUnchanged(blob, format))
    return outcome ?? this.#sendInParts(bytesOf(blob))
  }

  /** @returns undefined if it has to be decoded */
  async #sendUnchanged(
    blob: Blob,
    format: UploadFormat,
  ): Promise<Outcome | undefined> {
    const { limits, decoder } = this.#settings
    const look = probe(blob, limits.maxMs, decoder, this.#warn)
    this.#probe = look
    const glimpse = await look.early
    const tiny = (glimpse.declaredMs ?? Infinity) < MIN_MS
    const first = tiny ? await look.complete : glimpse
    // The file can be sent without ffmpeg.
    const blind = first.failure instanceof FfmpegMissingError
    if (first.failure && !blind && first.decodedMs === 0) throw first.failure
    const declaredMs = blind ? await declaredOf(blob) : first.declaredMs
    if (Math.max(first.decodedMs, declaredMs ?? 0) > limits.maxMs) {
      look.stop()
      return undefined
    }
    const nothing = first.whole && !blind && this.#outcomeOfNothing(first)
    if (nothing) return nothing
    const length = async (): Promise<number | undefined> =>
      blind ? declaredMs : lengthOf(await look.complete)
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
      if (blind || !(error instanceof UploadFailure && error.aboutFile))
        throw error
      look.stop()
      this.#sender = this.#newSender()
      return undefined
    }
    const { failure } = await look.complete
    return {
      durationMs: (await length()) ?? this.#sender.endMs,
      ...(failure && !blind && { failure }),
    }
  }

  /** Returns the outcome of a silent or very short file, which is not sent. */
  #outcomeOfNothing(result: ProbeResult): Outcome | undefined {
    const { audible, decodedMs: durationMs, failure } = result
    if (audible && durationMs >= MIN_MS) return undefined
    if (audible) this.#sender.gap(0, Math.round(durationMs), TOO_SHORT)
    return { durationMs, ...(failure && { failure }) }
  }

  async #sendInParts(bytes: AsyncIterable<Uint8Array>): Promise<Outcome> {
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

  /** Emits each warning about the source once. */
  readonly #warn = (warning: StageWarning): void => {
    if (this.#warned.has(warning.message)) return
    this.#warned.add(warning.message)
    this.#listener.onWarning(warning)
  }
}

const rounded = (ms: number | undefined): number | undefined =>
  ms === undefined ? undefined : Math.round(ms)

const lengthOf = ({ decodedMs, declaredMs, failure }: ProbeResult): number =>
  failure ? Math.max(decodedMs, declaredMs ?? 0) : decodedMs

/** Returns the length that an MP4 file declares, in ms. */
const declaredOf = async (blob: Blob): Promise<number | undefined> => {
  const watcher = new Mp4DurationReader()
  for await (const bytes of bytesOf(blob)) watcher.push(bytes)
  return watcher.seconds === undefined ? undefined : 1_000 * watcher.seconds
}

/** Returns the frames that fit into one upload as WAV. */
const partLimits = (limits: UploadLimits): PartLimits => {
  const bytesMs =
    (1_000 * (limits.maxBytes - WAV_HEADER_BYTES)) / PART_BYTES_PER_SECOND
  const frames = (ms: number) => Math.floor((ms * PART_RATE) / 1_000)
  return {
    maxFrames: frames(Math.min(limits.maxMs, bytesMs)),
    searchFrames: frames(limits.searchMs),
  }
}

/**
 * Sends a source in parts, without silent ones. Resolves when the last part is
 * being sent.
 *
 * @throws if nothing could be decoded, or if no part can be sent
 */
export const sendInParts = async (
  bytes: AsyncIterable<Uint8Array>,
  decoding: Decoding,
  limits: UploadLimits,
  sender: UploadSender,
): Promise<Outcome> => {
  const cutter = new PartCutter(partLimits(limits))
  let number = 0
  const send = async (item: CutItem): Promise<void> => {
    if (item.type === 'gap') {
      const { start, end } = item
      sender.gap(partMs(start), partMs(end), 'the source has no audio here')
      return
    }
    const [start, end] = [item.start, item.start + item.frames].map(partMs)
    const long = 1_000 * item.frames >= MIN_MS * PART_RATE
    if (!item.silent && long) return sender.add(wavPart(++number, item))
    await item.store.remove()
    if (!item.silent) sender.gap(start!, end!, TOO_SHORT)
  }
  const chunks = decode(bytes, decoding, PART_RATE)
  let failure: Error | undefined
  const next = async (): Promise<AudioChunk | undefined> => {
    try {
      const step = await chunks.next()
      return step.done ? undefined : step.value
    } catch (error) {
      decoding.signal.throwIfAborted()
      failure = error as Error
      return undefined
    }
  }
  try {
    for (let chunk = await next(); chunk; chunk = await next())
      for await (const item of cutter.push(chunk)) await send(item)
    if (failure && cutter.end === 0) throw failure
    for await (const item of cutter.finish()) await send(item)
  } finally {
    await chunks.return(undefined)
    await cutter.close()
  }
  return {
    durationMs: partMs(cutter.end),
    ...(failure && { failure }),
  }
}
