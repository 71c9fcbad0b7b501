import type { ServiceFacts } from '../../core/errors.ts'
import {
  connectProblemOf,
  isTemporary,
  retryAfterMs,
  isWebPage,
  PAGE_CURE,
} from '../../io/http-problems.ts'
import { ACCOUNT_CODES, Failure } from './upload-failure.ts'

/** What a service says of an error, in a body or in a stream. */
export type SaidError = {
  readonly message?: unknown
  readonly type?: unknown
  readonly code?: unknown
  readonly param?: unknown
}

/** Statuses that are about the key, the model or the address. */
const FATAL = new Set([401, 403, 404, 405, 407])

/** What servers say of a file that they cannot use, or not as a whole. */
const ABOUT_FILE =
  /longer than|too long|too large|size limit|corrupt|file format|unsupported file|decode|invalid audio/i

const hidden = (value: unknown, hide: Hide): string | undefined =>
  typeof value === 'string' && value !== '' ? hide(value) : undefined

/**
 * An error of a client of the package `openai`. It need not be one of this
 * copy of the package, whose classes it would not be an instance of.
 */
type ClientError = Error & {
  readonly status: number
  readonly headers?: unknown
  readonly error?: unknown
}

const isClientError = (error: unknown): error is ClientError =>
  error instanceof Error && typeof (error as ClientError).status === 'number'

/** Whether the client gave up waiting; its words are the same in all versions. */
const isTimeout = (error: unknown): boolean =>
  error instanceof Error && error.message === 'Request timed out.'

/** Headers as such: those of version 4 are an object. */
const headersOf = ({ headers }: ClientError): Headers | undefined =>
  typeof headers === 'object' && headers !== null
    ? new Headers(headers as Record<string, string>)
    : undefined

const saidOf = ({ error }: ClientError): SaidError =>
  typeof error === 'object' && error !== null ? error : {}

/** Takes what nobody may see out of a text. */
export type Hide = (text: string) => string

/** The failure that a service tells of in its own words. */
export const failureOfSaid = (
  said: SaidError,
  hide: Hide,
  status?: number,
  headers?: Headers,
): Failure => {
  const facts: ServiceFacts = {
    status,
    serviceCode: hidden(said.code, hide) ?? hidden(said.type, hide),
    requestId: hidden(headers?.get('x-request-id'), hide),
  }
  const isPage = isWebPage(headers?.get('content-type') ?? '')
  if (isPage && status !== undefined && status >= 400 && !isTemporary(status))
    return Failure.unreachable({
      reason: `the address answered with a web page (HTTP status ${status})`,
      cure: PAGE_CURE,
      final: true,
    })
  const message =
    hidden(said.message, hide) ??
    (isPage ? 'it sent a web page' : 'it does not say why')
  const account =
    ACCOUNT_CODES.has(String(said.code)) || ACCOUNT_CODES.has(String(said.type))
  if (account || FATAL.has(status ?? 0))
    return Failure.refused(message, facts, { fatal: true })
  const hint = headers?.get('x-should-retry')
  const refused =
    status === undefined
      ? said.type === 'invalid_request_error'
      : !isTemporary(status)
  if (hint !== 'true' && (refused || hint === 'false')) {
    const aboutFile =
      status === 413 ||
      ([400, 415, 422].includes(status ?? 0) &&
        (said.param == null || said.param === 'file') &&
        ABOUT_FILE.test(message))
    const redirected = status !== undefined && status < 400
    return refused
      ? Failure.refused(message, facts, { aboutFile, fatal: redirected })
      : Failure.failed(message, facts, { again: false })
  }
  return Failure.failed(message, facts, {
    afterMs: retryAfterMs(name => headers?.get(name)),
  })
}

/**
 * What went wrong with a request. Nothing of the client, which knows the key,
 * is kept.
 *
 * @param host whom it was for, as `host:port`
 */
export const failureOf = (
  error: unknown,
  hide: Hide,
  host?: string,
): Failure => {
  if (error instanceof Failure) return error
  if (isClientError(error))
    return failureOfSaid(saidOf(error), hide, error.status, headersOf(error))
  if (isTimeout(error))
    return Failure.unreachable({
      reason: 'it did not answer in time',
      final: false,
    })
  const { reason, ...problem } = connectProblemOf(error, host)
  return Failure.unreachable({ ...problem, reason: hide(reason) })
}
