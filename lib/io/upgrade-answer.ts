import type { IncomingMessage } from 'node:http'
import { isTemporary, retryAfterMs } from './retry-after.ts'
import { isWebPage, PAGE_CURE, pageTitle } from './web-page.ts'

/** What a server says of an error, in OpenAI's form. */
export type SaidError = {
  readonly message?: string | null | undefined
  readonly type?: string | null | undefined
  readonly code?: string | null | undefined
}

/** What an answer to an upgrade means that is no upgrade. */
export type UpgradeAnswer = {
  readonly reason: string
  readonly status: number
  /** What the body says, if it is OpenAI's JSON. */
  readonly error?: SaidError
  /** How long the server asks to wait, in ms. */
  readonly afterMs?: number
  /** Set if the answer is not one of a Realtime API: retrying is of no use. */
  readonly final?: true
  /** What the user can do. */
  readonly cure?: string
  /** Whether the answer is a web page. */
  readonly isPage: boolean
}

/** Who was asked. */
export type Asked = {
  /** The address of the upgrade. */
  readonly url: URL
  /** The proxy, if it is the proxy that answered. */
  readonly proxy?: { readonly url: URL; readonly variable: string }
}

/** Of the body with which an upgrade was refused, in characters. */
const MAX_SHOWN = 200

const asText = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** What a refusal says, in OpenAI's form or in any other. */
const readBody = (body: string): { text?: string; error?: SaidError } => {
  try {
    const { error } = JSON.parse(body) as { error?: Record<string, unknown> }
    const message = asText(error?.['message'])
    const type = asText(error?.['type'])
    const code = asText(error?.['code'])
    if (message !== undefined || code !== undefined)
      return {
        text: message ?? code!,
        error: {
          ...(message !== undefined && { message }),
          ...(type !== undefined && { type }),
          ...(code !== undefined && { code }),
        },
      }
  } catch {
    // no JSON: shown as it is
  }
  const text = body.trim().slice(0, MAX_SHOWN)
  return text === '' ? {} : { text }
}

const titleOf = (page: string): string => {
  const title = pageTitle(page)
  return title && `${title}, `
}

/** A base URL as it might have been meant, without `/realtime` and a query. */
const baseOf = (url: URL): string => {
  const path = url.pathname.replace(/\/realtime\/?$/, '').replace(/\/+$/, '')
  const scheme = /^(http|ws):$/.test(url.protocol) ? 'http' : 'https'
  return `${scheme}://${url.host}${path}`
}

const redirected = (
  location: string | undefined,
  status: number,
  { url }: Asked,
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

const ofProxy = (
  status: number,
  said: string | undefined,
  { url, variable }: NonNullable<Asked['proxy']>,
): Omit<UpgradeAnswer, 'status' | 'isPage'> => {
  const about = `HTTP status ${status}${said ? `: ${said}` : ''}`
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

/** What is wrong with an answer that no Realtime API gives. */
const ofStranger = (
  status: number,
  page: string | undefined,
  location: string | undefined,
  asked: Asked,
): Pick<UpgradeAnswer, 'reason' | 'cure'> | undefined => {
  const { host } = asked.url
  if (status >= 300 && status < 400) return redirected(location, status, asked)
  if (page !== undefined && !isTemporary(status))
    return {
      reason: `${host} answered with a web page (${titleOf(page)}HTTP status ${status}) and not as a Realtime API`,
      cure: PAGE_CURE,
    }
  if (status < 300)
    return {
      reason: `${host} answered with HTTP status ${status} and opened no WebSocket`,
      cure: 'check the base URL',
    }
  return undefined
}

const cureFor404 = ({ url }: Asked): string => {
  const base = baseOf(url)
  return /\/v\d/.test(base)
    ? `check the base URL (${base}), and whether that server has a Realtime API`
    : `check the base URL: ${base} has no /v1, try ${base}/v1`
}

/** Says what an answer means that came in place of an upgrade. */
export const readUpgradeAnswer = (
  { statusCode: status = 0, headers }: IncomingMessage,
  body: string,
  asked: Asked,
): UpgradeAnswer => {
  const isPage = isWebPage(headers['content-type'] ?? '', body)
  const { text, error } = isPage ? {} : readBody(body)
  const common = { status, isPage }
  if (asked.proxy) return { ...ofProxy(status, text, asked.proxy), ...common }
  const { location } = headers
  const page = isPage ? body : undefined
  const stranger = ofStranger(status, page, location, asked)
  if (stranger) return { ...stranger, ...common, final: true }
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
    ...(status === 404 && { cure: cureFor404(asked) }),
  }
}
