import type { WireError } from './wire-events.ts'

/** Units in which services write a time, in ms. */
const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
}

const AMOUNT = String.raw`\d+(?:\.\d+)?\s*(?:ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?)(?![a-z])`
const WAIT = new RegExp(
  String.raw`(?:again|retry|wait)\D{0,20}?((?:${AMOUNT}[\s,]*)+)`,
  'i',
)

/** Whether a service says that it was asked too often. */
export const isRateLimit = ({ type, code, message }: WireError): boolean =>
  /rate_?limit|too_many_requests/i.test(`${type} ${code}`) ||
  /rate limit|too many requests/i.test(message ?? '')

/**
 * How long a service wants a client to wait, in ms: "try again in 1.5s",
 * "retry after 6m0s". Undefined if it does not say.
 */
export const waitOf = ({ message }: WireError): number | undefined => {
  const [, amounts] = WAIT.exec(message ?? '') ?? []
  if (amounts === undefined) return undefined
  let ms = 0
  for (const [, amount, unit] of amounts.matchAll(/([\d.]+)\s*([a-z]+)/gi)) {
    const name = unit!.toLowerCase()
    const isMs = name.startsWith('ms') || name.startsWith('milli')
    ms += Number(amount) * UNITS[isMs ? 'ms' : name[0]!]!
  }
  return ms
}
