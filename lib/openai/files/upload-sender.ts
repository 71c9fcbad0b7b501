import type { TranscriptionCreateParamsNonStreaming as Params } from 'openai/resources/audio/transcriptions'
import { redact } from '../../core/redact.ts'
import type {
  TranscriptEvent,
  FinalEvent,
  GapEvent,
  Usage,
} from '../../core/transcript-event.ts'
import { ShownText, addUsage } from '../accumulate.ts'
import { type Answer, type AnswerListener, readAnswer } from './read-answer.ts'
import type { AnswerSettings, RequestSettings } from './file-settings.ts'
import { finalsOf, turnOf } from './finals-of.ts'
import type { Part } from './part-cutter.ts'
import { UploadFailure, failureOf } from './upload-failure.ts'
import { WAV_FORMAT, type UploadFormat } from './request-form.ts'

type PartEvents = { events: TranscriptEvent[]; closed: boolean }

/** Emits the events of the first open part immediately; others wait. */
class OrderedEvents {
  readonly #emit: (event: TranscriptEvent) => void
  readonly #queue: PartEvents[] = []

  constructor(emit: (event: TranscriptEvent) => void) {
    this.#emit = emit
  }

  open(): { push: (event: TranscriptEvent) => void; close: () => void } {
    const part: PartEvents = { events: [], closed: false }
    this.#queue.push(part)
    return {
      push: event => {
        if (this.#queue[0] === part) this.#emit(event)
        else part.events.push(event)
      },
      close: () => {
        part.closed = true
        while (this.#queue[0]?.closed) {
          this.#queue.shift()
          for (const event of this.#queue[0]?.events.splice(0) ?? [])
            this.#emit(event)
        }
      },
    }
  }
}

type SenderListener = {
  readonly onEvent: (event: TranscriptEvent) => void
  readonly onRetry: (message: string) => void
}

type Settings = RequestSettings &
  AnswerSettings & { readonly concurrency: number }

/**
 * Sends parts, a few at a time, and emits their events in order. A part that
 * fails for good becomes a gap, once another has succeeded. A failure that
 * affects all parts ends the transcription.
 */
export class UploadSender {
  readonly #settings: Settings
  readonly #listener: SenderListener
  readonly #signal: AbortSignal
  readonly #events: OrderedEvents
  readonly #running = new Set<Promise<void>>()
  /** Emit the gaps of parts that failed before any succeeded. */
  readonly #undecided: (() => void)[] = []
  #succeeded = false
  #failure: UploadFailure | undefined
  #broken: unknown
  /** Usage of all answers. */
  usage: Usage | undefined
  gaps = 0
  /** End of the last answered part, in ms. */
  endMs = 0

  constructor(
    settings: Settings,
    listener: SenderListener,
    signal: AbortSignal,
  ) {
    this.#settings = settings
    this.#listener = listener
    this.#signal = signal
    this.#events = new OrderedEvents(listener.onEvent)
  }

  gap(start: number, end: number, reason: string): void {
    const output = this.#events.open()
    this.gaps++
    output.push({ type: 'gap', start, end, reason })
    output.close()
  }

  /**
   * Waits until fewer than `concurrency` parts are being sent, then starts.
   *
   * @throws the failure that ends the transcription
   */
  async add(part: Part, format: UploadFormat = WAV_FORMAT): Promise<void> {
    const { concurrency } = this.#settings
    // After a failure without a success, parts are sent one by one.
    while (this.#running.size >= (this.#isDoubtful ? 1 : concurrency))
      await Promise.race(this.#running)
    try {
      this.#check()
    } catch (error) {
      await part.release()
      throw error
    }
    const task = this.#send(part, format)
      .then(() => part.release())
      .catch((error: unknown) => {
        this.#broken ??= error
      })
      .finally(() => this.#running.delete(task))
    this.#running.add(task)
  }

  /**
   * @throws the failure that ends the transcription, or the first if all failed
   */
  async end(): Promise<void> {
    this.#check()
    while (this.#running.size > 0) {
      await Promise.race(this.#running)
      this.#check()
    }
    if (this.#failure && !this.#succeeded) throw this.#failure
  }

  async settle(): Promise<void> {
    await Promise.allSettled(this.#running)
  }

  get #isDoubtful(): boolean {
    return this.#failure !== undefined && !this.#succeeded
  }

  /** Throws the failure that ends the transcription. */
  #check(): void {
    if (this.#broken) throw this.#broken as Error
    if (!this.#isDoubtful) return
    const { reason } = this.#failure!
    // A refusal or an unreachable service will affect the next part too.
    const served =
      reason.code === 'VOX_SERVICE_FAILED' && reason.status !== undefined
    if (!served && this.#running.size === 0) throw this.#failure!
  }

  async #send(part: Part, format: UploadFormat): Promise<void> {
    const output = this.#events.open()
    const shown = new Map<string, ShownText>()
    const { bySegment } = this.#settings
    try {
      const answer = await sendPart(
        part,
        format,
        this.#settings,
        {
          onDelta: (text, segment) => {
            // Such a delta may belong to any segment.
            if (bySegment && segment === undefined) return
            const turn = turnOf(part.number, bySegment ? segment : undefined)
            const known = shown.get(turn) ?? new ShownText()
            shown.set(turn, known)
            const more = known.add(text)
            if (more) output.push({ type: 'delta', turn, text: more })
          },
          onRetry: (reason, ms) => {
            for (const turn of shown.values()) turn.restart()
            this.#listener.onRetry(
              `${reason}; voxpipe will send part ${part.number} again in ${(ms / 1_000).toFixed(1)} s`,
            )
          },
        },
        this.#signal,
      )
      for (const event of await this.#finals(answer, part)) output.push(event)
      this.#succeeded = true
      for (const emitGap of this.#undecided.splice(0)) emitGap()
      output.close()
    } catch (error) {
      await this.#fail(error, part, output)
    }
  }

  async #finals(answer: Answer, part: Part): Promise<FinalEvent[]> {
    const { number, start } = part
    const seconds =
      answer.seconds ??
      (answer.usage?.type === 'duration' ? answer.usage.seconds : undefined) ??
      answer.segments?.at(-1)?.end
    const end = (await part.end()) ?? start + Math.round(1_000 * (seconds ?? 0))
    this.usage = addUsage(this.usage, answer.usage)
    this.endMs = Math.max(this.endMs, end)
    return finalsOf(answer, { number, start, end }, this.#settings)
  }

  async #fail(
    error: unknown,
    part: Part,
    output: { push: (event: GapEvent) => void; close: () => void },
  ): Promise<void> {
    if (!(error instanceof UploadFailure) || error.fatal) {
      this.#broken ??= error
      return
    }
    this.#failure ??= error
    this.gaps++
    const end = (await part.end()) ?? part.start
    const emitGap = (): void => {
      const { start } = part
      output.push({ type: 'gap', start, end, reason: error.message })
      output.close()
    }
    if (this.#succeeded) emitGap()
    else this.#undecided.push(emitGap)
  }
}

type PartListener = Pick<AnswerListener, 'onDelta'> & {
  readonly onRetry: (reason: string, afterMs: number) => void
}

const FIRST_WAIT_MS = 500
const MAX_WAIT_MS = 8_000

/** Doubles the wait with each retry, less a random share of up to a quarter. */
const backOff = (retry: number, random: () => number): number =>
  Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** retry) * (1 - random() / 4)

const wait = (
  ms: number,
  { clock }: RequestSettings,
  signal: AbortSignal,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', stop)
      resolve()
    })
    const stop = (): void => {
      cancel()
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
  })

const hostOf = (url: string): string | undefined =>
  URL.canParse(url) ? new URL(url).host : undefined

const request = async (
  file: File,
  settings: RequestSettings,
  onDelta: PartListener['onDelta'],
  signal: AbortSignal,
): Promise<Answer> => {
  const { client, fields, format, timeoutMs } = settings
  const hide = (text: string): string => redact(text, client.apiKey || '')
  const abort = new AbortController()
  const stop = (): void => abort.abort()
  signal.addEventListener('abort', stop, { once: true })
  const timer = setTimeout(stop, timeoutMs)
  try {
    const body = { file, ...fields } as unknown as Params
    const response = await client.audio.transcriptions
      .create(body, {
        maxRetries: 0,
        timeout: timeoutMs,
        signal: abort.signal,
        // A redirect must not carry the key to another host.
        fetchOptions: { redirect: 'manual' },
      })
      .asResponse()
    return await readAnswer(response, format, {
      hide,
      onDelta,
      onActivity: () => timer.refresh(),
    })
  } catch (error) {
    signal.throwIfAborted()
    throw abort.signal.aborted
      ? UploadFailure.broken(`no data arrived for ${timeoutMs / 1_000} s`)
      : failureOf(error, hide, hostOf(client.baseURL))
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    // Cancels the rest of the answer.
    stop()
  }
}

/**
 * Sends a part, and retries temporary failures after growing waits, or after
 * the time that the service asks for.
 *
 * @throws UploadFailure the last one
 */
const sendPart = async (
  part: Part,
  { extension, type }: UploadFormat,
  settings: RequestSettings,
  { onDelta, onRetry }: PartListener,
  signal: AbortSignal,
): Promise<Answer> => {
  const { clock, maxRetries, retryForMs, random } = settings
  const name = `${settings.baseName}.${extension}`
  let deadline: number | undefined
  for (let retry = 0; ; retry++) {
    try {
      const file = new File([await part.blob()], name, { type })
      return await request(file, settings, onDelta, signal)
    } catch (error) {
      if (!(error instanceof UploadFailure)) throw error
      const ms = error.afterMs ?? backOff(retry, random)
      deadline ??= clock.now() + retryForMs
      const late = clock.now() + ms > deadline
      if (!error.again || retry >= maxRetries || late) throw error
      onRetry(error.message, ms)
      await wait(ms, settings, signal)
    }
  }
}
