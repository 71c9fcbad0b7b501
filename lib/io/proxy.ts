import type { ClientOptions } from 'openai'
import { getProxyForUrl } from 'proxy-from-env'
import { OptionError } from '../core/errors.ts'
import { loadPart } from '../core/load-part.ts'

/** A proxy, and the environment variable that names it. */
export type Proxy = { readonly url: URL; readonly variable: string }

/** Variables that name the proxy for a scheme, most specific first. */
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

/** Returns the value of a variable by its lower-case or upper-case name. */
const read = (env: NodeJS.ProcessEnv, name: string): string =>
  env[name] || env[name.toUpperCase()] || ''

/**
 * Returns the proxy that the environment names for `http:` or `https:` URLs.
 * A value without a scheme is an HTTP proxy. Host names are resolved by SOCKS
 * proxies, whichever of `socks:`, `socks5:` and `socks5h:` is used.
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
  // The value is not shown: it may hold a password.
  if (!url?.hostname || !known)
    throw new OptionError(
      variable,
      'must be a URL of an HTTP or SOCKS5 proxy, such as ' +
        'http://proxy.example:8080 or socks5://proxy.example:1080',
    )
  return { url: new URL(known + url.href.slice(url.protocol.length)), variable }
}

/**
 * Returns the proxy through which a URL is requested; none if `NO_PROXY`
 * names its host.
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
  // It knows NO_PROXY, but looks at no HTTP_PROXY for a URL of https.
  const mayUseOne =
    getProxyForUrl(`http://${host}`) ||
    (isSecure && getProxyForUrl(`https://${host}`))
  return mayUseOne ? proxy : undefined
}

/**
 * How long a connection may be silent, in ms: Node's own limit of 5 minutes
 * is shorter than the service may take over a long file.
 */
const SILENCE_MS = 900_000

/**
 * Options for `new OpenAI(…)` that its own `fetch` lacks: requests go through
 * the proxy of `HTTPS_PROXY` (`ALL_PROXY`, `HTTP_PROXY`; lower case wins), but
 * for the hosts of `NO_PROXY`, and an answer may be silent for 15 minutes
 * before it counts as lost.
 *
 * ```ts
 * const client = new OpenAI(await openaiClientOptions())
 * ```
 *
 * @param env where the variables are
 * @throws OptionError for a proxy that is no URL
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
  // Declared by the undici that Node has, which is another version.
  return { fetchOptions: { dispatcher: dispatcher as never } }
}
