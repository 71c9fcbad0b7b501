import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { keyOf } from '../openai/wire/connect.ts'
import {
  type ServiceErrorBody,
  badKey,
  invalidRequest,
  noKey,
} from '../openai/wire/service-error.ts'

export type SourceRules = {
  /** In lower case, without port. */
  readonly hosts: readonly string[]
  readonly origins: readonly string[]
}

type SourceCheck =
  | {
      readonly allowed: true
      /** Another origin whose pages may read the answer. */
      readonly origin?: string
    }
  | { readonly allowed: false; readonly error: ServiceErrorBody }

const LOCAL_NAMES = ['localhost', '127.0.0.1', '[::1]']

const HOST = /^(\[[\da-f:.]+\]|[^\s:[\]@/]+)(?::\d{1,5})?$/i

const refused = (message: string): SourceCheck => ({
  allowed: false,
  error: invalidRequest('forbidden', message),
})

/** @param listensOn address that the server listens at */
export const sourceRules = (
  allowedHosts: readonly string[],
  allowedOrigins: readonly string[],
  listensOn?: string,
): SourceRules => ({
  hosts: [...LOCAL_NAMES, ...allowedHosts, ...(listensOn ? [listensOn] : [])]
    .map(name =>
      name.includes(':') ? `[${name.replace(/^\[|\]$/g, '')}]` : name,
    )
    .map(name => name.toLowerCase()),
  origins: allowedOrigins.map(origin =>
    origin.replace(/\/$/, '').toLowerCase(),
  ),
})

/**
 * Checks where a request comes from. A web page can make a browser send
 * requests to this machine: with a host name that points here (visible in
 * `Host`), or across origins (visible in `Origin` and `Sec-Fetch-Site`).
 * Programs send neither of the latter.
 */
export const checkSource = (
  headers: IncomingHttpHeaders,
  { hosts, origins }: SourceRules,
): SourceCheck => {
  const host = headers.host?.toLowerCase() ?? ''
  const [, name = ''] = HOST.exec(host) ?? []
  if (!hosts.includes(name))
    return refused(
      'This server does not accept requests for that host name. Allow the name when you start the server.',
    )
  const origin = headers.origin?.toLowerCase()
  if (origin === undefined)
    return headers['sec-fetch-site'] === 'cross-site'
      ? refused('Requests from other sites are refused.')
      : { allowed: true }
  if (origins.includes(origin))
    return { allowed: true, origin: headers.origin! }
  return origin === `http://${host}`
    ? { allowed: true }
    : refused(
        'Pages of that origin may not use this server. Allow the origin when you start the server.',
      )
}

/** Returns an error if an HTTP request has no valid key. */
export const checkKey = (
  headers: IncomingHttpHeaders,
  wanted: boolean,
  isKey: (key: string) => boolean,
): ServiceErrorBody | undefined => {
  const key = keyOf(headers)
  // A client secret opens Realtime sessions and nothing else.
  if (key?.startsWith('ek_')) return badKey(key)
  if (!wanted) return undefined
  if (key === undefined) return noKey
  return isKey(key) ? undefined : badKey(key)
}

const digest = (key: string): Buffer =>
  createHash('sha256').update(key).digest()

/** Returns a function that checks keys in constant time. */
export const keyChecker = (
  keys: readonly string[],
): ((key: string) => boolean) => {
  const digests = keys.map(digest)
  return key => {
    const given = digest(key)
    let found = false
    for (const known of digests) found = timingSafeEqual(known, given) || found
    return found
  }
}
