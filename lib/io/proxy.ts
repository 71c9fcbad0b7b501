import type { ClientOptions } from 'openai'
import { getProxyForUrl } from 'proxy-from-env'
import { OptionError } from '../core/errors.ts'
import { loadPart } from '../core/load-part.ts'

/** A proxy, and the environment variable that names it. */
export type Proxy = { readonly url: URL; readonly variable: string }

/** Variables for each scheme, most specific first. */
const variables = {
  https: ['https_proxy', 'all_proxy', 'http_proxy'],
  http: ['http_proxy', 'all_proxy'],
} as const

/** Schemes of proxies, and how undici and socks-proxy-agent spell them. */
const schemes: Readonly<Record<string, string>> = {
  'http:': 'http:',
  'https:': 'https:',
  'socks:': 'socks5:',
  'socks5:': 'socks5:',
  'socks5h:': 'socks5:',
}

const read = (env: NodeJS.ProcessEnv, name: string): string =>
  env[name] || env[name.toUpperCase()] || ''

/**
 * Returns the proxy that the environment names for `http:` or `https:` URLs. A
 * value without a scheme is an HTTP proxy. SOCKS proxies always resolve host
 * names, with any of `socks:`, `socks5:` and `socks5h:`.
 *
 * @throws {OptionError} if the variable holds no URL of a known scheme
 */
export const namedProxy = (
  env: NodeJS.ProcessEnv,
  scheme: keyof typeof variables,
): Proxy | undefined => {
  const name = variables[scheme].find(name => read(env, name) !== '')
  if (name === undefined) return undefined
  const value = read(env, name)
  const text = value.includes('://') ? value : `http://${value}`
  const url = URL.canParse(text) ? new URL(text) : undefined
  const known = schemes[url?.protocol ?? '']
  const variable = name.toUpperCase()
  // The value may contain a password, so it is not shown.
  if (!url?.hostname || !known)
    throw new OptionError(
      variable,
      'must be a URL of an HTTP or SOCKS5 proxy, such as ' +
        'http://proxy.example:8080 or socks5://proxy.example:1080',
    )
  return { url: new URL(known + url.href.slice(url.protocol.length)), variable }
}

/**
 * Returns the proxy for a URL; undefined if `NO_PROXY` lists its host.
 *
 * @throws {OptionError} if the variable holds no URL of a known scheme
 */
export const proxyFor = ({
  protocol,
  hostname,
  port,
}: URL): Proxy | undefined => {
  const isSecure = /^(https|wss):$/.test(protocol)
  const proxy = namedProxy(process.env, isSecure ? 'https' : 'http')
  const host = `${hostname}:${port || (isSecure ? 443 : 80)}`
  // It supports NO_PROXY, but ignores HTTP_PROXY for https URLs.
  const mayUseOne =
    getProxyForUrl(`http://${host}`) ||
    (isSecure && getProxyForUrl(`https://${host}`))
  return mayUseOne ? proxy : undefined
}

/**
 * Maximum silence of a connection, in ms. Node's default of 5 minutes is too
 * short for the transcription of a long file.
 */
const SILENCE_MS = 900_000

/**
 * Returns options for `new OpenAI(…)`. Requests use the proxy of `HTTPS_PROXY`
 * (`ALL_PROXY`, `HTTP_PROXY`; lower case wins), except for hosts in `NO_PROXY`.
 * Responses may be silent for 15 minutes.
 *
 * ```ts
 * const client = new OpenAI(await openaiClientOptions())
 * ```
 *
 * @param env environment variables
 * @throws {OptionError} if the proxy is not a URL
 */
export const openaiClientOptions = async (
  env: NodeJS.ProcessEnv = process.env,
): Promise<Pick<ClientOptions, 'fetchOptions'>> => {
  const { EnvHttpProxyAgent } = await loadPart(
    'the HTTP client',
    import('undici'),
  )
  const dispatcher = new EnvHttpProxyAgent({
    httpsProxy: namedProxy(env, 'https')?.url.href ?? '',
    httpProxy: namedProxy(env, 'http')?.url.href ?? '',
    noProxy: env['no_proxy'] || env['NO_PROXY'] || '',
    headersTimeout: SILENCE_MS,
    bodyTimeout: SILENCE_MS,
  })
  // Node's types are from another version of undici.
  return { fetchOptions: { dispatcher: dispatcher as never } }
}
