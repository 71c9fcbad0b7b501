import { ServiceRefusedError } from '../../core/errors.ts'
import { redact } from '../../core/redact.ts'
import type { SocketEnd } from '../../io/realtime-socket.ts'
import { isTemporary } from '../../io/http-problems.ts'
import { ACCOUNT_CODES } from '../files/upload-failure.ts'
import type { WireError } from './wire-events.ts'

/** How a session ended. */
export type SessionEnd = SocketEnd & {
  /** The last error that the server told of, if any. */
  readonly error?: WireError
  /** Whether it was over because its time was. */
  readonly expired: boolean
  /** Whether the server did not take its configuration. */
  readonly misconfigured: boolean
}

/** Errors that another session would meet again. */
const FATAL = new Set([
  ...ACCOUNT_CODES,
  'missing_model',
  'invalid_model',
  'beta_api_shape_disabled',
])

/** Close codes that say whose fault it is: ours (protocol, policy). */
const OURS = new Set([1002, 1003, 1007, 1008, 1009, 1010])

/** Code of a connection that ended without a close frame. */
export const NO_CLOSE = 1006

/** Whether an error is about the account, so that nothing can go on. */
export const isFatal = (error: WireError | undefined): boolean =>
  FATAL.has(error?.code ?? '') || FATAL.has(error?.type ?? '')

const isRefused = (end: SessionEnd): boolean => {
  const { code, status, error } = end
  if (end.final || isFatal(error)) return true
  if (status !== undefined) return !isTemporary(status)
  if (OURS.has(code) || (code >= 3_000 && code < 5_000)) return true
  // A server in trouble says so of a configuration, too.
  return (
    end.misconfigured &&
    !/server_error|rate_limit/.test(`${error?.type} ${error?.code}`)
  )
}

/** What to do about it, by what the server says. */
const adviceOn = (status: number | undefined, error: WireError): string => {
  const code = `${error.code} ${error.type}`
  if (status === 401 || /invalid_api_key/.test(code))
    return '; check the API key'
  if (status === 402 || /quota|balance|billing/.test(code))
    return '; check the account'
  if (status === 403) return '; check what the API key may do'
  if (status === 404) return '; check the base URL'
  return ''
}

/**
 * The error to end with where a session ended for good; none where another
 * session may be had.
 */
export const refusalOf = (end: SessionEnd): ServiceRefusedError | undefined => {
  if (end.expired || !isRefused(end)) return undefined
  const { code, reason, status, error, final, cure } = end
  const why = error?.message ?? (reason || `it closed with code ${code}`)
  const said = redact(why).replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '')
  const advice = cure ? `; ${cure}` : adviceOn(status, error ?? {})
  const what = final
    ? 'the service cannot be reached'
    : 'the server refused the session'
  const wasClosed = code !== NO_CLOSE && status === undefined
  return new ServiceRefusedError(`${what}: ${said}${advice}`, {
    status,
    closeCode: wasClosed ? code : undefined,
    serviceCode: error?.code ? redact(error.code) : undefined,
  })
}
