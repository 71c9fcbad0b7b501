import { distributionOf } from '../distribution.ts'
import type { Pacing } from './data.ts'

const medianOf = (values: readonly number[]): number =>
  distributionOf(values).p50!

/**
 * How well a source kept its time. Drift is the median lateness of the last
 * tenth of the chunks minus that of the first: what single chunks suffer from
 * a busy machine is no drift.
 *
 * @param lateness of each chunk in order, in ms; at least ten
 */
export const pacingOf = (
  lateness: readonly number[],
  minutes: number,
): Pacing => {
  const tenth = Math.floor(lateness.length / 10)
  return {
    minutes,
    driftMs:
      medianOf(lateness.slice(-tenth)) - medianOf(lateness.slice(0, tenth)),
    lateness: distributionOf(lateness),
  }
}
