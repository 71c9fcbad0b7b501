import { OptionError } from '../core/errors.ts'
import { checkInteger, checkNumber, checkOneOf } from '../core/options.ts'
import { checkRecognizer, type Recognizer } from '../recognizers/recognizer.ts'
import { defaultModel } from '../recognizers/moonshine/moonshine-recognizer.ts'

/** Options of {@link createServer}. */
export type ServerOptions = {
  /**
   * The engine's model that answers to OpenAI's names: `tiny` or `base`; not
   * together with `recognizer`.
   * @default 'tiny'
   */
  readonly model?: string
  /**
   * What answers to OpenAI's names and to that of its model, in place of the
   * embedded engine. Whoever made it closes it.
   */
  readonly recognizer?: Recognizer
  /** Folder of models to look in before the cache. */
  readonly modelDir?: string
  /**
   * Worker threads that recognise, for each model in use.
   * @default the number of cores
   */
  readonly workers?: number
  /**
   * Keys that are accepted as bearer tokens. Without any, every key and none
   * is accepted, and the server listens on this machine only.
   * @default none
   */
  readonly apiKeys?: readonly string[]
  /**
   * Names by which the server may be called, beside `localhost`, `127.0.0.1`,
   * `[::1]` and the host that it listens on, without port; a page elsewhere can
   * point a name of its own at this machine.
   */
  readonly allowedHosts?: readonly string[]
  /**
   * Origins (`https://app.example`) whose pages may use the server from a
   * browser.
   * @default only its own
   */
  readonly allowedOrigins?: readonly string[]
  /**
   * Largest request, in bytes; OpenAI's names take 26,214,400 at most.
   * @default 536870912
   */
  readonly maxUploadBytes?: number
  /**
   * Most audio of one upload, in ms; some of OpenAI's names take less.
   * @default 14400000
   */
  readonly maxDurationMs?: number
  /**
   * Uploads that are worked on at once; others wait.
   * @default 16
   */
  readonly maxUploads?: number
  /**
   * Uploads that may wait; what comes beyond is answered 429.
   * @default 64
   */
  readonly maxWaiting?: number
  /**
   * Realtime sessions at once; what comes beyond is answered 429.
   * @default 32
   */
  readonly maxSessions?: number
  /**
   * Longest Realtime session, in ms.
   * @default 3600000
   */
  readonly maxSessionMs?: number
  /**
   * How long a Realtime session may say nothing, in ms.
   * @default 600000
   */
  readonly maxIdleMs?: number
  /**
   * How long a request may send nothing while it is read, in ms.
   * @default 30000
   */
  readonly maxStallMs?: number
  /**
   * Between two pings of a Realtime session, in ms; whoever does not answer
   * until the next but one is gone.
   * @default 20260
   */
  readonly pingMs?: number
  /**
   * How long `close()` waits for what is under way, in ms.
   * @default 30000
   */
  readonly graceMs?: number
}

/**
 * Whose rules a server follows where they differ: OpenAI's to the letter, for
 * test doubles, or those of a local server, which needs no key and says only
 * what its recogniser knows.
 */
export type Dialect = 'openai' | 'local'

/** Every option with its value. */
export type ResolvedServerOptions = ReturnType<typeof resolveServerOptions>

const checkList = (name: string, list: readonly string[]): void => {
  if (!Array.isArray(list) || list.some(item => typeof item !== 'string'))
    throw new OptionError(name, 'must be a list of texts')
  if (list.includes('')) throw new OptionError(name, 'has an empty text')
}

/** @throws OptionError */
export const resolveServerOptions = (
  {
    model,
    recognizer,
    modelDir,
    workers,
    apiKeys = [],
    allowedHosts = [],
    allowedOrigins = [],
    maxUploadBytes = 536_870_912,
    maxDurationMs = 14_400_000,
    maxUploads = 16,
    maxWaiting = 64,
    maxSessions = 32,
    maxSessionMs = 3_600_000,
    maxIdleMs = 600_000,
    maxStallMs = 30_000,
    pingMs = 20_260,
    graceMs = 30_000,
  }: ServerOptions,
  dialect: Dialect = 'local',
) => {
  if (recognizer && (model !== undefined || workers !== undefined))
    throw new OptionError(
      'recognizer',
      'is instead of the embedded engine: leave model and workers out',
    )
  checkRecognizer(recognizer)
  checkOneOf('model', model ?? defaultModel(false), ['tiny', 'base'])
  if (workers !== undefined) checkInteger('workers', workers, 1, 256)
  checkList('apiKeys', apiKeys)
  checkList('allowedHosts', allowedHosts)
  checkList('allowedOrigins', allowedOrigins)
  checkInteger('maxUploadBytes', maxUploadBytes, 1)
  checkNumber('maxDurationMs', maxDurationMs, 1)
  checkInteger('maxUploads', maxUploads, 1)
  checkInteger('maxWaiting', maxWaiting, 0)
  checkInteger('maxSessions', maxSessions, 1)
  checkNumber('maxSessionMs', maxSessionMs, 1)
  checkNumber('maxIdleMs', maxIdleMs, 1)
  checkNumber('maxStallMs', maxStallMs, 1)
  checkNumber('pingMs', pingMs, 1)
  checkNumber('graceMs', graceMs, 0)
  return {
    model: (model ?? defaultModel(false)) as 'tiny' | 'base',
    dialect,
    recognizer,
    modelDir,
    workers,
    apiKeys,
    allowedHosts,
    allowedOrigins,
    maxUploadBytes,
    maxDurationMs,
    maxUploads,
    maxWaiting,
    maxSessions,
    maxSessionMs,
    maxIdleMs,
    maxStallMs,
    pingMs,
    graceMs,
  }
}
