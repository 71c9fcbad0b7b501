import { OptionError } from '../core/errors.ts'
import { checkInteger, checkNumber, checkOneOf } from '../core/options.ts'
import { defaultModel } from '../recognizers/moonshine/moonshine-recognizer.ts'
import { checkRecognizer, type Recognizer } from '../recognizers/recognizer.ts'

/** Options of {@link createServer}. */
export type ServerOptions = {
  /**
   * Model of the embedded engine that answers for OpenAI's model names: `tiny`
   * or `base`. Not together with `recognizer`.
   * @default 'tiny'
   */
  readonly model?: string
  /**
   * Recogniser that replaces the embedded engine. The server does not close it.
   */
  readonly recognizer?: Recognizer
  /** Folder of models, searched before the cache. */
  readonly modelDir?: string
  /**
   * Worker threads per model in use.
   * @default the number of cores
   */
  readonly workers?: number
  /**
   * Accepted bearer tokens. Without any, requests need no key and the server
   * accepts connections from this machine only.
   * @default none
   */
  readonly apiKeys?: readonly string[]
  /**
   * Accepted host names, without port, beside `localhost`, `127.0.0.1`, `[::1]`
   * and the host that the server listens on. Others are refused, since a web
   * page can point its own host name at this machine.
   */
  readonly allowedHosts?: readonly string[]
  /**
   * Origins (`https://app.example`) whose pages may use the server.
   * @default only its own
   */
  readonly allowedOrigins?: readonly string[]
  /**
   * Largest request, in bytes; at most 26,214,400 for OpenAI's model names.
   * @default 536870912
   */
  readonly maxUploadBytes?: number
  /**
   * Longest audio of an upload, in ms; shorter for some of OpenAI's model names.
   * @default 14400000
   */
  readonly maxDurationMs?: number
  /**
   * Most concurrent uploads; others wait.
   * @default 16
   */
  readonly maxUploads?: number
  /**
   * Most waiting uploads; status 429 for more.
   * @default 64
   */
  readonly maxWaiting?: number
  /**
   * Most concurrent Realtime sessions; status 429 for more.
   * @default 32
   */
  readonly maxSessions?: number
  /**
   * Longest Realtime session, in ms.
   * @default 3600000
   */
  readonly maxSessionMs?: number
  /**
   * How long a Realtime client may send nothing, in ms.
   * @default 600000
   */
  readonly maxIdleMs?: number
  /**
   * How long a client may send nothing during a request, in ms.
   * @default 30000
   */
  readonly maxStallMs?: number
  /**
   * Time between pings of a Realtime session, in ms. A client that misses two
   * is disconnected.
   * @default 20260
   */
  readonly pingMs?: number
  /**
   * How long `close()` waits for work in progress, in ms.
   * @default 30000
   */
  readonly graceMs?: number
}

/**
 * Rules of a server: exactly OpenAI's, for test doubles, or those of a local
 * server, which needs no key and reports only what its recogniser knows.
 */
type Dialect = 'openai' | 'local'

export type ResolvedServerOptions = ReturnType<typeof resolveServerOptions>

const checkList = (name: string, list: readonly string[]): void => {
  if (!Array.isArray(list) || list.some(item => typeof item !== 'string'))
    throw new OptionError(name, 'must be a list of strings')
  if (list.includes('')) throw new OptionError(name, 'contains an empty string')
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
      'replaces the embedded engine: omit model and workers',
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

/** Options of {@link TranscriptionServer.listen}. */
export type ListenOptions = {
  /**
   * Address to listen on. One that others can reach requires `apiKeys`.
   * @default '127.0.0.1'
   */
  readonly host?: string
  /**
   * Port; 0 picks a free one.
   * @default 0
   */
  readonly port?: number
}

/** Whether an address is reachable from this machine only. */
export const isLoopback = (host: string): boolean =>
  /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host)

/** Whether an address stands for all addresses of the machine. */
export const isWildcard = (host: string): boolean =>
  ['0.0.0.0', '::', ''].includes(host)

/** @throws OptionError */
export const resolveAddress = (options: ListenOptions, hasKeys: boolean) => {
  if (typeof options !== 'object')
    throw new OptionError(
      'port',
      'must be passed in an object: listen({ port })',
    )
  const { host = '127.0.0.1', port = 0 } = options
  if (typeof host !== 'string')
    throw new OptionError('host', 'must be a string')
  checkInteger('port', port, 0, 65_535)
  if (!hasKeys && !isLoopback(host))
    throw new OptionError(
      'host',
      `'${host}' lets other machines connect: set apiKeys, or listen on 127.0.0.1`,
    )
  return { host, port, ...(!isWildcard(host) && { name: host }) }
}

/** Converts an error of `listen()` to one that says what to do. */
export const listenError = (
  error: NodeJS.ErrnoException,
  { host, port }: { readonly host: string; readonly port: number },
): Error => {
  const cause = { cause: error }
  if (error.code === 'EADDRINUSE')
    return new OptionError('port', `${port} is in use: choose another`, cause)
  if (error.code === 'EACCES')
    return new OptionError(
      'port',
      `${port} needs more permissions: choose one above 1023`,
      cause,
    )
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return new OptionError(
      'host',
      `'${host}' is not an address of this machine`,
      cause,
    )
  return error
}
