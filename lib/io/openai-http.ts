import type { ClientOptions } from 'openai'
import { OptionError } from '../core/errors.ts'

/**
 * How long a connection may be silent, in ms: Node's own limit of 5 minutes
 * is shorter than the service may take over a long file.
 */
const SILENCE_MS = 900_000

/** The value of a variable by its lower-case or upper-case name. */
const read = (env: NodeJS.ProcessEnv, name: string): string =>
  env[name] || env[name.toUpperCase()] || ''

/** A proxy as a URL; one without a scheme is spoken to in HTTP. */
const proxyOf = (env: NodeJS.ProcessEnv, name: string): string => {
  const value = read(env, name) || read(env, 'all_proxy')
  const url = value && !value.includes('://') ? `http://${value}` : value
  // The value is not shown: it may hold a password.
  if (url && !(URL.canParse(url) && /^(https?|socks5?):/i.test(url)))
    throw new OptionError(
      name.toUpperCase(),
      'must be a URL, such as http://proxy.example:8080',
    )
  return url
}

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
  const { EnvHttpProxyAgent } = await import('undici')
  const dispatcher = new EnvHttpProxyAgent({
    httpsProxy: proxyOf(env, 'https_proxy'),
    httpProxy: proxyOf(env, 'http_proxy'),
    noProxy: read(env, 'no_proxy'),
    headersTimeout: SILENCE_MS,
    bodyTimeout: SILENCE_MS,
  })
  return { fetchOptions: { dispatcher } }
}
