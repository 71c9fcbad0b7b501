import {
  ServiceFailedError,
  ServiceRefusedError,
  type ServiceErrorDetails,
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

type Remedy = {
  /** Whether the same request may succeed later. */
  readonly again?: boolean
  /** How long the service asks to wait first, in ms. */
  readonly afterMs?: number | undefined
  /** Whether no other request can succeed. */
  readonly fatal?: boolean
  /** Whether the service rejects the file, not the options. */
  readonly aboutFile?: boolean
}

const MAX_SAID = 300

/** Puts a server's text on one line, without keys. */
const shown = (text: string): string => {
  const line = redact(text.replaceAll(/\s+/g, ' ').trim())
  return line.length > MAX_SAID ? `${line.slice(0, MAX_SAID)}…` : line
}

/** Why a request failed, and what can be done about it. */
export class UploadFailure extends Error {
  /** The error for the user, if no retry helps. */
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

  /** A malformed answer. A retry would be billed again and fail again. */
  static unreadable(problem: string): UploadFailure {
    const reason = new ServiceFailedError(
      `the answer of the service cannot be used: ${problem}; check the base URL and the model`,
    )
    return new UploadFailure(reason, {})
  }

  static broken(problem: string, facts?: ServiceErrorDetails): UploadFailure {
    const reason = new ServiceFailedError(
      `the service sent no whole answer: ${problem}; try again later`,
      facts,
    )
    return new UploadFailure(reason, { again: true })
  }

  static unreachable({ reason, cure, final }: ConnectProblem): UploadFailure {
    const advice = cure ?? 'check the network, the base URL and the proxy'
    const problem = `the service cannot be reached: ${shown(reason)}; ${advice}`
    return final
      ? new UploadFailure(new ServiceRefusedError(problem), { fatal: true })
      : new UploadFailure(new ServiceFailedError(problem), { again: true })
  }

  static failed(
    said: string,
    facts: ServiceErrorDetails,
    remedy: Remedy,
  ): UploadFailure {
    const reason = new ServiceFailedError(
      `the service failed (${codeOf(facts)}): ${shown(said)}`,
      facts,
    )
    return new UploadFailure(reason, { again: true, ...remedy })
  }

  static refused(
    said: string,
    facts: ServiceErrorDetails,
    remedy: Remedy,
  ): UploadFailure {
    const reason = new ServiceRefusedError(
      `the service refuses (${codeOf(facts)}): ${shown(said)}${adviceOn(facts)}`,
      facts,
    )
    return new UploadFailure(reason, remedy)
  }
}

const codeOf = ({
  status,
  serviceCode,
}: ServiceErrorDetails): number | string => status ?? serviceCode ?? 'an error'

const adviceOn = ({
  status,
  serviceCode = '',
}: ServiceErrorDetails): string => {
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
 * Codes and types of errors that concern the account or key, so that no other
 * request or session can succeed.
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

type ServiceErrorBody = {
  readonly message?: unknown
  readonly type?: unknown
  readonly code?: unknown
  readonly param?: unknown
}

/** Statuses that concern the key, the model or the address. */
const FATAL = new Set([401, 403, 404, 405, 407])

/** Error messages about a file that is unusable or too large. */
const ABOUT_FILE =
  /longer than|too long|too large|size limit|corrupt|file format|unsupported file|decode|invalid audio/i

const hidden = (value: unknown, hide: Redactor): string | undefined =>
  typeof value === 'string' && value !== '' ? hide(value) : undefined

/** An error of any copy of the package `openai`, so not `instanceof` ours. */
type ClientError = Error & {
  readonly status: number
  readonly headers?: unknown
  readonly error?: unknown
}

const isClientError = (error: unknown): error is ClientError =>
  error instanceof Error && typeof (error as ClientError).status === 'number'

/** All versions of the client have this message. */
const isTimeout = (error: unknown): boolean =>
  error instanceof Error && error.message === 'Request timed out.'

/** Version 4 has headers as an object. */
const headersOf = ({ headers }: ClientError): Headers | undefined =>
  typeof headers === 'object' && headers !== null
    ? new Headers(headers as Record<string, string>)
    : undefined

const saidOf = ({ error }: ClientError): ServiceErrorBody =>
  typeof error === 'object' && error !== null ? error : {}

export type Redactor = (text: string) => string

export const failureOfBody = (
  said: ServiceErrorBody,
  hide: Redactor,
  status?: number,
  headers?: Headers,
): UploadFailure => {
  const facts: ServiceErrorDetails = {
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
 * Does not keep a reference to the client, which has the key.
 *
 * @param host the server, as `host:port`
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
