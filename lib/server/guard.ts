import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { keyOf } from '../openai/wire/connect.ts'
import {
  type ServiceErrorBody,
  badKey,
  invalidRequest,
  noKey,
} from '../openai/wire/service-error.ts'

/** By what names a server may be called, and from which pages. */
export type GuardRules = {
  /** In lower case, without port. */
  readonly hosts: readonly string[]
  readonly origins: readonly string[]
}

/** Whether a request may come in from where it comes. */
type SourceCheck =
  | {
      readonly allowed: true
      /** An origin, not its own, whose pages may read the answer. */
      readonly origin?: string
    }
  | { readonly allowed: false; readonly error: ServiceErrorBody }

/** The names of this machine for itself. */
const LOCAL_NAMES = ['localhost', '127.0.0.1', '[::1]']

const HOST = /^(\[[\da-f:.]+\]|[^\s:[\]@/]+)(?::\d{1,5})?$/i

const refused = (message: string): SourceCheck => ({
  allowed: false,
  error: invalidRequest('forbidden', message),
})

/**
 * Rules of a server.
 *
 * @param listensOn the address that it was told to listen at
 */
export const guardRules = (
  allowedHosts: readonly string[],
  allowedOrigins: readonly string[],
  listensOn?: string,
): GuardRules => ({
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
 * Holds a request, or an upgrade, against where it comes from. A page on the
 * web can make a browser send requests to this machine: under a name of its
 * own that it points here (`Host` tells), or across origins (`Origin` and
 * `Sec-Fetch-Site` tell). Programs send neither of the latter.
 */
export const checkSource = (
  headers: IncomingHttpHeaders,
  { hosts, origins }: GuardRules,
): SourceCheck => {
  const host = headers.host?.toLowerCase() ?? ''
  const [, name = ''] = HOST.exec(host) ?? []
  if (!hosts.includes(name))
    return refused(
      'This server is not to be called by that host name: allow it when you start the server.',
    )
  const origin = headers.origin?.toLowerCase()
  if (origin === undefined)
    return headers['sec-fetch-site'] === 'cross-site'
      ? refused('Requests of other sites are refused.')
      : { allowed: true }
  if (origins.includes(origin))
    return { allowed: true, origin: headers.origin! }
  return origin === `http://${host}`
    ? { allowed: true }
    : refused(
        'Pages of that origin may not use this server: allow it when you start the server.',
      )
}

/** What is wrong with the key of a request over HTTP; undefined: nothing. */
export const checkKey = (
  headers: IncomingHttpHeaders,
  wanted: boolean,
  isKey: (key: string) => boolean,
): ServiceErrorBody | undefined => {
  const key = keyOf(headers)
  // One for a browser opens a Realtime session and nothing else.
  if (key?.startsWith('ek_')) return badKey(key)
  if (!wanted) return undefined
  if (key === undefined) return noKey
  return isKey(key) ? undefined : badKey(key)
}

const digest = (key: string): Buffer =>
  createHash('sha256').update(key).digest()

/**
 * Tells whether a key is one of some. Takes the same time whichever it is,
 * and however much of it is right.
 */
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
