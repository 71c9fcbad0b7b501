import type { LatencyFigures } from './pool-latency.ts'

/** Beyond this the words that were right are chance. */
const MOST_ERRORS = 0.5

/**
 * Why the output of a run is wrong, so that its times mean nothing; or
 * undefined.
 */
export const problemOf = (
  { finalErrors, violations }: LatencyFigures,
  finals: number,
): string | undefined => {
  if (finals === 0) return 'no final came'
  if (violations.length > 0) {
    const more = violations.length - 3
    const first = violations.slice(0, 3).join('; ')
    return more > 0 ? `${first}; and ${more} more` : first
  }
  const { rate } = finalErrors
  return rate > MOST_ERRORS
    ? `${Math.round(100 * rate)} % of the words are wrong`
    : undefined
}
