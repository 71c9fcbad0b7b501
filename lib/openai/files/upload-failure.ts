import {
  ServiceFailedError,
  ServiceRefusedError,
  type ServiceFacts,
} from '../../core/errors.ts'
import { redact } from '../../core/redact.ts'
import {
  type ConnectProblem,
  connectProblemOf,
  isTemporary,
  retryAfterMs,
  isWebPage,
  PAGE_CURE,
} from '../../io/http-problems.ts'

/** What can be done about a request that failed. */
type Remedy = {
  /** Whether the same request may succeed if made again. */
  readonly again?: boolean
  /** How long the service asks to wait before, in ms. */
  readonly afterMs?: number | undefined
  /** Whether no other request can succeed either. */
  readonly fatal?: boolean
  /** Whether it is about the file as it was sent, not about the options. */
  readonly aboutFile?: boolean
}

/** Longest text of a server that is shown. */
const MAX_SAID = 300

/** A server's text on one line, without keys. */
const shown = (text: string): string => {
  const line = redact(text.replaceAll(/\s+/g, ' ').trim())
  return line.length > MAX_SAID ? `${line.slice(0, MAX_SAID)}…` : line
}

/** Why a request brought no transcript, and what can be done about it. */
export class UploadFailure extends Error {
  /** What the user gets to see if nothing helps. */
  readonly reason: ServiceFailedError | ServiceRefusedError
  readonly again: boolean
  readonly afterMs: number | undefined
  readonly fatal: boolean
  readonly aboutFile: boolean

  private constructor(
    reason: ServiceFailedError | ServiceRefusedError,
    remedy: Remedy,
  ) {
    super(reason.message)
    this.reason = reason
    this.again = remedy.again ?? false
    this.afterMs = remedy.afterMs
    this.fatal = remedy.fatal ?? false
    this.aboutFile = remedy.aboutFile ?? false
  }

  /** An answer that makes no sense; it was paid for, and comes again. */
  static unreadable(problem: string): UploadFailure {
    const reason = new ServiceFailedError(
      `the answer of the service cannot be used: ${problem}; check the base URL and the model`,
    )
    return new UploadFailure(reason, {})
  }

  /** The connection, or what came over it, broke off. */
  static broken(problem: string, facts?: ServiceFacts): UploadFailure {
    const reason = new ServiceFailedError(
      `the service sent no whole answer: ${problem}; try again later`,
      facts,
    )
    return new UploadFailure(reason, { again: true })
  }

  /** There is no way to the service; one that is final will not be one. */
  static unreachable({ reason, cure, final }: ConnectProblem): UploadFailure {
    const advice = cure ?? 'check the network, the base URL and the proxy'
    const problem = `the service cannot be reached: ${shown(reason)}; ${advice}`
    return final
      ? new UploadFailure(new ServiceRefusedError(problem), { fatal: true })
      : new UploadFailure(new ServiceFailedError(problem), { again: true })
  }

  /** The service is in trouble, by its own word. */
  static failed(
    said: string,
    facts: ServiceFacts,
    remedy: Remedy,
  ): UploadFailure {
    const { status, serviceCode } = facts
    const what = status ?? serviceCode ?? 'an error'
    const reason = new ServiceFailedError(
      `the service failed (${what}): ${shown(said)}`,
      facts,
    )
    return new UploadFailure(reason, { again: true, ...remedy })
  }

  /** The service will not do it. */
  static refused(
    said: string,
    facts: ServiceFacts,
    remedy: Remedy,
  ): UploadFailure {
    const { status, serviceCode } = facts
    const what = status ?? serviceCode ?? 'an error'
    const reason = new ServiceRefusedError(
      `the service refuses (${what}): ${shown(said)}${adviceOn(facts)}`,
      facts,
    )
    return new UploadFailure(reason, remedy)
  }
}

const adviceOn = ({ status, serviceCode = '' }: ServiceFacts): string => {
  if (status === 401 || serviceCode === 'invalid_api_key')
    return '; check the API key'
  if (/quota|balance|billing/.test(serviceCode)) return '; check the account'
  if (status === 403) return '; check what the API key may do'
  if (status === 404) return '; check the model and the base URL'
  if (status !== undefined && status >= 300 && status < 400)
    return '; redirects are not followed: check the base URL'
  return ''
}

/**
 * Codes and types of errors that concern the account or its key: no other
 * request or session can succeed either.
 */
export const ACCOUNT_CODES: ReadonlySet<string> = new Set([
  'insufficient_quota',
  'credit_balance_exhausted',
  'billing_hard_limit_reached',
  'billing_not_active',
  'account_deactivated',
  'invalid_api_key',
  'model_not_found',
])

/** What a service says of an error, in a body or in a stream. */
type ServiceErrorBody = {
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

const hidden = (value: unknown, hide: Redactor): string | undefined =>
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

const saidOf = ({ error }: ClientError): ServiceErrorBody =>
  typeof error === 'object' && error !== null ? error : {}

/** Takes what nobody may see out of a text. */
export type Redactor = (text: string) => string

/** The failure that a service tells of in its own words. */
export const failureOfBody = (
  said: ServiceErrorBody,
  hide: Redactor,
  status?: number,
  headers?: Headers,
): UploadFailure => {
  const facts: ServiceFacts = {
    status,
    serviceCode: hidden(said.code, hide) ?? hidden(said.type, hide),
    requestId: hidden(headers?.get('x-request-id'), hide),
  }
  const isPage = isWebPage(headers?.get('content-type') ?? '')
  if (isPage && status !== undefined && status >= 400 && !isTemporary(status))
    return UploadFailure.unreachable({
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
    return UploadFailure.refused(message, facts, { fatal: true })
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
      ? UploadFailure.refused(message, facts, { aboutFile, fatal: redirected })
      : UploadFailure.failed(message, facts, { again: false })
  }
  return UploadFailure.failed(message, facts, {
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
  hide: Redactor,
  host?: string,
): UploadFailure => {
  if (error instanceof UploadFailure) return error
  if (isClientError(error))
    return failureOfBody(saidOf(error), hide, error.status, headersOf(error))
  if (isTimeout(error))
    return UploadFailure.unreachable({
      reason: 'it did not answer in time',
      final: false,
    })
  const { reason, ...problem } = connectProblemOf(error, host)
  return UploadFailure.unreachable({ ...problem, reason: hide(reason) })
}
