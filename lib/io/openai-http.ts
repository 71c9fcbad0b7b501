import type { ClientOptions } from 'openai'
import { loadPart } from '../core/load-part.ts'
import { namedProxy } from './proxy.ts'

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
