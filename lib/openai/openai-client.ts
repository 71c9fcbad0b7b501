import { inspect } from 'node:util'
import type { ClientOptions, OpenAI } from 'openai'
import { KeyMissingError, OptionError } from '../core/errors.ts'
import { openaiClientOptions } from '../io/proxy.ts'
import { canOpenRealtime } from '../io/realtime-request.ts'

/** Options of {@link openaiClient}. */
export type OpenAIClientOptions = ClientOptions & {
  /** Environment to read missing options from. @default process.env */
  readonly env?: NodeJS.ProcessEnv
}

const protocols: Readonly<Record<string, string>> = {
  'http:': 'http:',
  'https:': 'https:',
  'ws:': 'http:',
  'wss:': 'https:',
}

const PLACEHOLDER = 'none'

/**
 * Creates an OpenAI client for {@link FileTranscriber}, {@link
 * RealtimeTranscriber} and `transcribe()`. Key, base URL, organisation and
 * project default to `OPENAI_API_KEY`, `OPENAI_BASE_URL`, `OPENAI_ORG_ID` and
 * `OPENAI_PROJECT_ID`. It honours `HTTPS_PROXY`.
 *
 * The base URL may also begin with `ws:` or `wss:`. A server on this machine
 * needs no key. The client does not log; `util.inspect` and `JSON.stringify` do
 * not show its key. You can pass any other `OpenAI` or `AzureOpenAI` client
 * instead.
 *
 * @throws {KeyMissingError} if there is no key
 * @throws {OptionError} if the base URL cannot be used
 */
export const openaiClient = async ({
  env = process.env,
  ...options
}: OpenAIClientOptions = {}): Promise<OpenAI> => {
  const baseURL = baseOf(
    options.baseURL ?? (env['OPENAI_BASE_URL']?.trim() || undefined),
  )
  const apiKey = options.apiKey ?? keyOf(env['OPENAI_API_KEY'], baseURL)
  const { OpenAI } = await import('openai') // is slow to load
  const client = new OpenAI({
    organization: env['OPENAI_ORG_ID']?.trim() || null,
    project: env['OPENAI_PROJECT_ID']?.trim() || null,
    logLevel: 'off', // it logs to standard output
    ...(await openaiClientOptions(env)),
    ...options,
    apiKey,
    ...(baseURL && { baseURL: baseURL.href }),
  })
  const shown = `OpenAI { baseURL: '${client.baseURL}' }`
  for (const name of [inspect.custom, 'toJSON'])
    Object.defineProperty(client, name, { value: () => shown })
  return client
}

const baseOf = (text: string | undefined): URL | undefined => {
  if (text === undefined) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  const protocol = protocols[url?.protocol ?? '']
  if (!url || !protocol || url.username || url.password || url.search)
    throw new OptionError(
      'baseURL',
      'must be a URL of http, https, ws or wss without user, password or ' +
        'query, such as https://api.openai.com/v1; look at OPENAI_BASE_URL',
    )
  // Assigned to `protocol`, a special scheme would keep its old port.
  return new URL(protocol + url.href.slice(url.protocol.length))
}

const keyOf = (text: string | undefined, baseURL: URL | undefined): string => {
  const key = text?.trim() ?? ''
  if (/^[\u0021-\u007E]+$/.test(key)) return key
  // fetch() would quote the whole key in its error.
  if (key !== '')
    throw new KeyMissingError(
      'OPENAI_API_KEY has a space, a line break or a letter that no key has; copy the key anew',
    )
  if (baseURL && isLoopback(baseURL.hostname)) return PLACEHOLDER
  const unless = baseURL
    ? `to any word if ${baseURL.host} asks for none`
    : 'or use the local engine, which needs none'
  throw new KeyMissingError(
    `there is no key for ${baseURL?.host ?? 'OpenAI'}: set OPENAI_API_KEY, ${unless}`,
  )
}

const isLoopback = (hostname: string): boolean =>
  /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)

/**
 * A client of the package `openai`: `OpenAI` or `AzureOpenAI` of version 4 to
 * 7, from any copy of the package, or a wrapper around one.
 */
export type OpenAIClient = {
  /** Key of the service. */
  readonly apiKey?: string | null
  /** Base URL of the service, ending in `/v1`. */
  readonly baseURL: string
  /** Audio endpoints of the service. */
  readonly audio: {
    /** Transcription endpoint. */
    readonly transcriptions: {
      /** Sends a file and returns its transcript. */
      // A narrower type would reject clients of other versions.
      create(body: any, options?: any): any
    }
  }
}

/**
 * Checks that a client can do what a stage needs, without loading the package.
 *
 * @throws {OptionError}
 */
export const checkClient = (
  client: unknown,
  { realtime = false }: { readonly realtime?: boolean } = {},
): void => {
  const { audio, baseURL } = (client ?? {}) as Partial<OpenAIClient>
  if (
    typeof audio?.transcriptions?.create !== 'function' ||
    typeof baseURL !== 'string'
  )
    throw new OptionError('client', 'must be an OpenAI or AzureOpenAI client')
  if (realtime && !canOpenRealtime(client as OpenAIClient))
    throw new OptionError(
      'client',
      "must be a client of the package 'openai', version 4 to 7: this one cannot " +
        'build requests, which a Realtime connection needs; use openaiClient()',
    )
}
