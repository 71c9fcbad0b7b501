import type { IncomingMessage } from 'node:http'
import { isNativeError } from 'node:util/types'
import { given } from '../core/options.ts'
import type { Proxy } from './proxy.ts'

/** Why a connection failed. */
export type ConnectProblem = {
  /** What happened, in one clause. */
  readonly reason: string
  /** What the user can do; undefined if waiting may help. */
  readonly cure?: string
  /** Whether other attempts would fail in the same way. */
  readonly final: boolean
}

const UNTRUSTED =
  /^((DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(GET_ISSUER_CERT|VERIFY_LEAF).*|INVALID_CA|INVALID_PURPOSE)$|(CERT|CRL)_)/

/**
 * Returns the innermost cause of an error, the first of several. In Jest,
 * Node's errors are no instances of this module's `Error`, but node-fetch's
 * are.
 */
const innermost = (error: unknown): NodeJS.ErrnoException => {
  let inner = error as NodeJS.ErrnoException & { errors?: unknown[] }
  for (let depth = 0; depth < 5; depth++) {
    const next = inner.cause ?? inner.errors?.[0]
    if (!isNativeError(next) && !(next instanceof Error)) break
    inner = next
  }
  return inner
}

const NO_TLS = /wrong.version.number|packet.length.too.long|http.request/i

const PROXY_LOGIN =
  /Proxy response \(407\)|Proxy Authentication Required|Socks5 Authentication failed|authentication type|SOCKS5 .*auth|no acceptable auth/i

/** Describes an error that other attempts would meet as well. */
const finalProblemOf = (
  { code = '', message }: NodeJS.ErrnoException,
  host: string,
): Omit<ConnectProblem, 'final'> | undefined => {
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return {
      reason: `the TLS certificate of ${host} ${code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet'} (${code})`,
      cure: "check this machine's clock, or have the certificate renewed",
    }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return {
      reason: `the TLS certificate of ${host} is for another name: ${message}`,
      cure: 'use a host name in the base URL that the certificate contains',
    }
  if (UNTRUSTED.test(code))
    return {
      reason: `this machine does not trust the TLS certificate of ${host}: ${message} (${code})`,
      cure: 'if the server or your network uses a private certificate authority, start Node.js with NODE_EXTRA_CA_CERTS=/path/to/ca.pem',
    }
  if (/^(EPROTO|ERR_SSL_|ERR_TLS_)/.test(code))
    return NO_TLS.test(code + message)
      ? {
          reason: `${host} does not speak TLS: wrong version number (${code})`,
          cure: 'if that server has no TLS, use a base URL that begins with http:',
        }
      : {
          reason: `the TLS handshake with ${host} failed: ${message.split(':').at(-2) ?? message} (${code})`,
          cure: 'check the base URL and the TLS settings of that server',
        }
  if (PROXY_LOGIN.test(message))
    return {
      reason: `the proxy asks for a user name and a password, or refuses those it got: ${message}`,
      cure: 'set the variable that names the proxy to http://user:password@host:port',
    }
  if (code === 'HPE_INVALID_CONSTANT')
    return {
      reason: `${host} does not speak HTTP (${code})`,
      cure: 'check the base URL',
    }
  return undefined
}

const networkProblem = (
  { code = '', message, ...facts }: NodeJS.ErrnoException,
  host: string,
): string => {
  const { address, port, hostname } = facts as {
    address?: string
    port?: number
    hostname?: string
  }
  const where = address && port ? `${address}:${port}` : host
  switch (code) {
    case 'ECONNREFUSED':
      return `nothing accepts connections at ${where} (ECONNREFUSED)`
    case 'ENOTFOUND':
      return `there is no host named ${hostname ?? host} (ENOTFOUND)`
    case 'EAI_AGAIN':
      return `no name server answered a query for ${hostname ?? host} (EAI_AGAIN)`
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
      return `${host} closed the connection before it answered (ECONNRESET)`
    default:
      return message || code || 'the connection failed'
  }
}

/**
 * Describes an error of Node's network modules or of `fetch`.
 *
 * @param host the server, as `host:port`
 */
export const connectProblemOf = (
  error: unknown,
  host = 'the server',
  proxy?: Proxy,
): ConnectProblem => {
  const inner = innermost(error)
  const final = finalProblemOf(inner, host)
  if (final) return { ...final, final: true }
  const by = proxy ? `, through the proxy ${proxy.url.host}` : ''
  return { reason: networkProblem(inner, host) + by, final: false }
}

const NETWORK = new Set([
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENETRESET',
])

/** Describes an error of an open connection. */
export const disconnectProblemOf = ({
  message,
  code,
}: NodeJS.ErrnoException): ConnectionProblem => ({
  reason: message,
  ...(NETWORK.has(code ?? '') && { byNetwork: true }),
})

const TEMPORARY = new Set([408, 409, 425, 429])

/** Returns whether a request may succeed later after this status. */
export const isTemporary = (status: number): boolean =>
  status >= 500 || TEMPORARY.has(status)

/**
 * Returns how long a server asks to wait before the next request, in ms:
 * `retry-after-ms`, or `retry-after` in seconds or as a date (RFC 9110, section
 * 10.2.3).
 *
 * @param header reads a header by its lower-case name
 */
export const retryAfterMs = (
  header: (name: string) => string | null | undefined,
): number | undefined => {
  const ms = Number.parseFloat(header('retry-after-ms') ?? '')
  if (ms >= 0) return ms
  const value = header('retry-after') ?? ''
  const seconds = Number.parseFloat(value)
  if (seconds >= 0) return 1_000 * seconds
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}

export const PAGE_CURE =
  'check the base URL, and whether this network asks you to sign in first'

/** Returns whether an answer is a web page, by its type or first characters. */
export const isWebPage = (type: string, body = ''): boolean =>
  /^text\/html/i.test(type) || /^\s*<(!doctype\s+html|html)\b/i.test(body)

/** Returns the title of a web page, in quotation marks; '' if it has none. */
export const pageTitle = (page: string): string => {
  const title = /<title[^>]*>([^<]*)/i.exec(page)?.[1]
  const text = title?.replaceAll(/\s+/g, ' ').trim().slice(0, 80)
  return text ? `“${text}”` : ''
}

/** A server's error in OpenAI's form. */
export type ErrorBody = {
  readonly message?: string | null | undefined
  readonly type?: string | null | undefined
  readonly code?: string | null | undefined
}

export type ConnectionProblem = {
  readonly reason: string
  /** HTTP status of a refused upgrade. */
  readonly status?: number
  /** OpenAI's error in the body of a refused upgrade. */
  readonly error?: ErrorBody
  /** How long the server asks to wait before the next attempt, in ms. */
  readonly afterMs?: number
  /**
   * Set if another attempt would fail as well, because of a certificate, a
   * proxy or a wrong address.
   */
  readonly final?: boolean
  /** Set if the network is the cause, and not anything that was sent. */
  readonly byNetwork?: boolean
  /** What the user can do. */
  readonly cure?: string
}

type UpgradeAnswer = ConnectionProblem & {
  readonly status: number
  readonly isPage: boolean
}

type UpgradeTarget = {
  readonly url: URL
  /** The proxy, if it answered instead of the server. */
  readonly proxy?: Proxy
}

/** Maximum length of a body in a message, in characters. */
const MAX_SHOWN = 200

const asText = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

const readBody = (body: string): { text?: string; error?: ErrorBody } => {
  try {
    const { error } = JSON.parse(body) as { error?: Record<string, unknown> }
    const message = asText(error?.['message'])
    const type = asText(error?.['type'])
    const code = asText(error?.['code'])
    const text = message ?? code
    if (text !== undefined)
      return { text, error: given({ message, type, code }) }
  } catch {
    // not JSON: shown as text
  }
  const text = body.trim().slice(0, MAX_SHOWN)
  return text === '' ? {} : { text }
}

const titleOf = (page: string): string => {
  const title = pageTitle(page)
  return title && `${title}, `
}

/** Returns the base URL of an address, without `/realtime` and a query. */
const baseOf = (url: URL): string => {
  const path = url.pathname.replace(/\/realtime\/?$/, '').replace(/\/+$/, '')
  const scheme = /^(http|ws):$/.test(url.protocol) ? 'http' : 'https'
  return `${scheme}://${url.host}${path}`
}

const redirected = (
  location: string | undefined,
  status: number,
  { url }: UpgradeTarget,
): Pick<UpgradeAnswer, 'reason' | 'cure'> => {
  const target =
    location && URL.canParse(location, url.href)
      ? new URL(location, url.href)
      : undefined
  return {
    reason: `${url.host} redirects to ${target ? baseOf(target) : 'another address'} (HTTP status ${status})`,
    cure:
      target && target.host !== url.host
        ? 'redirects are not followed, so that no key goes to another host: if you trust it, set the base URL to that address'
        : 'redirects are not followed: set the base URL to that address',
  }
}

const proxyRefusal = (
  status: number,
  text: string | undefined,
  { url, variable }: NonNullable<UpgradeTarget['proxy']>,
): Omit<UpgradeAnswer, 'status' | 'isPage'> => {
  const about = `HTTP status ${status}${text ? `: ${text}` : ''}`
  if (status === 407)
    return {
      reason: url.username
        ? `the proxy ${url.host} does not accept the user name and the password of ${variable} (${about})`
        : `the proxy ${url.host} asks for a user name and a password (${about})`,
      cure: `set ${variable} to http://user:password@${url.host}`,
      final: true,
    }
  const reason = `the proxy ${url.host} does not connect to the service (${about})`
  return status >= 500 || status === 429
    ? { reason }
    : { reason, cure: `check ${variable} and NO_PROXY`, final: true }
}

/** Describes an answer that no Realtime API gives. */
const notRealtime = (
  status: number,
  page: string | undefined,
  location: string | undefined,
  request: UpgradeTarget,
): Pick<UpgradeAnswer, 'reason' | 'cure'> | undefined => {
  const { host } = request.url
  if (status >= 300 && status < 400)
    return redirected(location, status, request)
  if (page !== undefined && !isTemporary(status))
    return {
      reason: `${host} answered with a web page (${titleOf(page)}HTTP status ${status}) instead of a Realtime connection`,
      cure: PAGE_CURE,
    }
  if (status < 300)
    return {
      reason: `${host} answered with HTTP status ${status} instead of opening a WebSocket`,
      cure: 'check the base URL',
    }
  return undefined
}

const cureFor404 = ({ url }: UpgradeTarget): string => {
  const base = baseOf(url)
  return /\/v\d/.test(base)
    ? `check the base URL (${base}), and whether that server has a Realtime API`
    : `check the base URL: ${base} has no /v1, try ${base}/v1`
}

/** Describes an answer that refuses an upgrade. */
export const readUpgradeAnswer = (
  { statusCode: status = 0, headers }: IncomingMessage,
  body: string,
  request: UpgradeTarget,
): UpgradeAnswer => {
  const isPage = isWebPage(headers['content-type'] ?? '', body)
  const { text, error } = isPage ? {} : readBody(body)
  const common = { status, isPage }
  if (request.proxy)
    return { ...proxyRefusal(status, text, request.proxy), ...common }
  const { location } = headers
  const page = isPage ? body : undefined
  const misdirected = notRealtime(status, page, location, request)
  if (misdirected) return { ...misdirected, ...common, final: true }
  const afterMs = retryAfterMs(name => headers[name] as string | undefined)
  const what = isPage
    ? `HTTP status ${status} (${titleOf(body)}a web page)`
    : `HTTP status ${status}`
  const wait =
    afterMs === undefined ? '' : ` (it asks to wait ${afterMs / 1_000} s)`
  return {
    ...common,
    reason: `${text ?? what}${wait}`,
    ...(error && { error }),
    ...(afterMs !== undefined && { afterMs }),
    ...(status === 404 && { cure: cureFor404(request) }),
  }
}
