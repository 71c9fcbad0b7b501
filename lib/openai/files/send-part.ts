import type { TranscriptionCreateParamsNonStreaming as Params } from 'openai/resources/audio/transcriptions'
import { redact } from '../../core/redact.ts'
import type { Answer } from './answer.ts'
import { failureOf } from './failure-of.ts'
import { Failure } from './upload-failure.ts'
import type { Part } from './part.ts'
import { type AnswerListener, readAnswer } from './read-answer.ts'
import type { RequestSettings } from './file-settings.ts'
import type { UploadFormat } from './upload-format.ts'

/** Told of a part's fate while it is sent. */
export type PartListener = Pick<AnswerListener, 'onDelta'> & {
  /** It is sent again after so many ms, for a reason. */
  readonly onRetry: (reason: string, afterMs: number) => void
}

const FIRST_WAIT_MS = 500
const MAX_WAIT_MS = 8_000

/** Waits grow twofold; up to a quarter is taken off by chance. */
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

/** One request, from its first byte to the last of its answer. */
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
        // A key is not to be carried to wherever an answer points.
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
      ? Failure.broken(`nothing came for ${timeoutMs / 1_000} s`)
      : failureOf(error, hide, hostOf(client.baseURL))
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    // Whatever is left of the answer is not wanted.
    stop()
  }
}

/**
 * Sends a part until there is an answer: what may pass is tried again, after
 * a wait that grows, or as long as the service asks for.
 *
 * @throws Failure the last one, when nothing helped
 */
export const sendPart = async (
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
      if (!(error instanceof Failure)) throw error
      const ms = error.afterMs ?? backOff(retry, random)
      deadline ??= clock.now() + retryForMs
      const late = clock.now() + ms > deadline
      if (!error.again || retry >= maxRetries || late) throw error
      onRetry(error.message, ms)
      await wait(ms, settings, signal)
    }
  }
}
