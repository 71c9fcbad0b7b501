import {
  ServiceFailedError,
  ServiceRefusedError,
  type ServiceFacts,
} from '../../core/errors.ts'
import { redact } from '../../core/redact.ts'
import type { ConnectProblem } from '../../io/http-problems.ts'

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
export class Failure extends Error {
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
  static unreadable(problem: string): Failure {
    const reason = new ServiceFailedError(
      `the answer of the service cannot be used: ${problem}; check the base URL and the model`,
    )
    return new Failure(reason, {})
  }

  /** The connection, or what came over it, broke off. */
  static broken(problem: string, facts?: ServiceFacts): Failure {
    const reason = new ServiceFailedError(
      `the service sent no whole answer: ${problem}; try again later`,
      facts,
    )
    return new Failure(reason, { again: true })
  }

  /** There is no way to the service; one that is final will not be one. */
  static unreachable({ reason, cure, final }: ConnectProblem): Failure {
    const advice = cure ?? 'check the network, the base URL and the proxy'
    const problem = `the service cannot be reached: ${shown(reason)}; ${advice}`
    return final
      ? new Failure(new ServiceRefusedError(problem), { fatal: true })
      : new Failure(new ServiceFailedError(problem), { again: true })
  }

  /** The service is in trouble, by its own word. */
  static failed(said: string, facts: ServiceFacts, remedy: Remedy): Failure {
    const { status, serviceCode } = facts
    const what = status ?? serviceCode ?? 'an error'
    const reason = new ServiceFailedError(
      `the service failed (${what}): ${shown(said)}`,
      facts,
    )
    return new Failure(reason, { again: true, ...remedy })
  }

  /** The service will not do it. */
  static refused(said: string, facts: ServiceFacts, remedy: Remedy): Failure {
    const { status, serviceCode } = facts
    const what = status ?? serviceCode ?? 'an error'
    const reason = new ServiceRefusedError(
      `the service refuses (${what}): ${shown(said)}${adviceOn(facts)}`,
      facts,
    )
    return new Failure(reason, remedy)
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
