import { APIConnectionTimeoutError, APIError } from 'openai'
import type { ServiceFacts } from '../../core/errors.ts'
import { Failure } from './failure.ts'

/** What a service says of an error, in a body or in a stream. */
export type SaidError = {
  readonly message?: unknown
  readonly type?: unknown
  readonly code?: unknown
  readonly param?: unknown
}

/** Codes of errors that concern the account: nothing else will go either. */
const ACCOUNT = new Set([
  'insufficient_quota',
  'credit_balance_exhausted',
  'billing_hard_limit_reached',
  'billing_not_active',
  'account_deactivated',
  'invalid_api_key',
  'model_not_found',
])

/** Statuses below 500 with which a server asks to come again. */
const AGAIN = new Set([408, 409, 425, 429])

/** Statuses that are about the key, the model or the address. */
const FATAL = new Set([401, 403, 404, 405, 407])

/** What servers say of a file that they cannot use, or not as a whole. */
const ABOUT_FILE =
  /longer than|too long|too large|size limit|corrupt|file format|unsupported file|decode|invalid audio/i

const hidden = (value: unknown, hide: Hide): string | undefined =>
  typeof value === 'string' && value !== '' ? hide(value) : undefined

/** Seconds or a date, as HTTP has it (RFC 9110, 10.2.3), in ms. */
const retryAfter = (headers: Headers | undefined): number | undefined => {
  const ms = Number.parseFloat(headers?.get('retry-after-ms') ?? '')
  if (ms >= 0) return ms
  const value = headers?.get('retry-after') ?? ''
  const seconds = Number.parseFloat(value)
  if (seconds >= 0) return 1_000 * seconds
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}

const saidOf = (error: APIError): SaidError =>
  typeof error.error === 'object' && error.error !== null ? error.error : {}

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
  const message = hidden(said.message, hide) ?? 'it does not say why'
  const account =
    ACCOUNT.has(String(said.code)) || ACCOUNT.has(String(said.type))
  if (account || FATAL.has(status ?? 0))
    return Failure.refused(message, facts, { fatal: true })
  const hint = headers?.get('x-should-retry')
  const refused =
    status === undefined
      ? said.type === 'invalid_request_error'
      : status < 500 && !AGAIN.has(status)
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
  return Failure.failed(message, facts, { afterMs: retryAfter(headers) })
}

/** The innermost cause of a failed fetch, by its code or its words. */
const causeOf = (error: unknown): { code: string; words: string } => {
  let inner = error
  for (let depth = 0; depth < 5; depth++) {
    const cause = inner instanceof Error ? inner.cause : undefined
    if (!(cause instanceof Error)) break
    inner = cause
  }
  const several = inner instanceof AggregateError ? inner.errors[0] : inner
  const { code, message } = several as NodeJS.ErrnoException
  return { code: code ?? '', words: message || (code ?? '') }
}

/** Codes of TLS that no second try mends. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|ERR_TLS|ALTNAME/

/**
 * What went wrong with a request. Nothing of the client, which knows the key,
 * is kept.
 */
export const failureOf = (error: unknown, hide: Hide): Failure => {
  if (error instanceof Failure) return error
  if (error instanceof APIError && error.status !== undefined)
    return failureOfSaid(
      saidOf(error),
      hide,
      error.status as number,
      error.headers as Headers | undefined,
    )
  if (error instanceof APIConnectionTimeoutError)
    return Failure.unreachable('it did not answer in time', true)
  const { code, words } = causeOf(error)
  return Failure.unreachable(hide(words), !CERTIFICATE.test(code))
}
