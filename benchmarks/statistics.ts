/**
 * Numbers from 0 to below 1 that are the same every time: mulberry32 by Tommy
 * Ettinger, for resampling that is to be repeatable.
 */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** How some values are spread; `null` where there are none. */
export type Distribution = {
  /** Number of values. */
  readonly n: number
  /** Median. */
  readonly p50: number | null
  /** 90th percentile. */
  readonly p90: number | null
  /** 95th percentile. */
  readonly p95: number | null
  /** 99th percentile. */
  readonly p99: number | null
  /** Largest value. */
  readonly max: number | null
}

/**
 * A percentile, with linear interpolation between the two nearest values
 * (definition 7 of Hyndman and Fan 1996, the default of R and NumPy).
 *
 * @param sorted in rising order
 * @param part from 0 to 1
 */
export const percentile = (
  sorted: readonly number[],
  part: number,
): number | null => {
  if (sorted.length === 0) return null
  const place = part * (sorted.length - 1)
  const low = sorted[Math.floor(place)]!
  return low + (place % 1) * (sorted[Math.ceil(place)]! - low)
}

/** Sums up some values. */
export const distributionOf = (values: readonly number[]): Distribution => {
  const sorted = values.toSorted((a, b) => a - b)
  return {
    n: sorted.length,
    p50: percentile(sorted, 0.5),
    p90: percentile(sorted, 0.9),
    p95: percentile(sorted, 0.95),
    p99: percentile(sorted, 0.99),
    max: sorted.at(-1) ?? null,
  }
}

const DRAWS = 200

const deviationOf = (values: readonly number[]): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return Math.sqrt(squares / (values.length - 1))
}

/**
 * Standard error of a mean or median of runs, by how far they lie apart; 0 of
 * a single run, which does not tell.
 */
export const noiseBetween = (runs: readonly number[]): number =>
  runs.length < 2 ? 0 : deviationOf(runs) / Math.sqrt(runs.length)

/**
 * Standard error of a percentile: by bootstrap within groups of values (Efron
 * 1979, 200 draws), or between the runs that they come from, whichever is
 * larger. What is the same each time, which clips there are, is no noise.
 *
 * @param runs values of each run, in groups
 * @param part from 0 to 1
 */
export const percentileNoise = (
  runs: readonly (readonly (readonly number[])[])[],
  part: number,
): number => {
  const random = seededRandom(1)
  const groups = runs.flat().filter(group => group.length > 0)
  if (groups.length === 0) return 0
  const draw = (): number => {
    const drawn = groups.flatMap(group =>
      group.map(() => group[Math.floor(random() * group.length)]!),
    )
    return percentile(
      drawn.sort((a, b) => a - b),
      part,
    )!
  }
  const ofRuns = runs
    .map(run => run.flat())
    .filter(run => run.length > 0)
    .map(run =>
      percentile(
        run.toSorted((a, b) => a - b),
        part,
      ),
    )
  return Math.max(
    deviationOf(Array.from({ length: DRAWS }, draw)),
    noiseBetween(ofRuns.map(value => value!)),
  )
}

/**
 * Standard error of a share: that of a binomial proportion.
 *
 * @param share from 0 to 1
 * @param n of how many
 */
export const shareNoise = (share: number, n: number): number => {
  const likely = Math.min(Math.max(share, 0), 1)
  return n > 0 ? Math.sqrt((likely * (1 - likely)) / n) : 0
}

/** The middle of several runs. */
export type RunSummary = {
  readonly median: number
  /** Half the distance of the quartiles, to the median. */
  readonly spread: number
  /**
   * Standard error of the median, by the distance of the quartiles: that of a
   * normal distribution is 1.349 standard deviations, and its median varies
   * 1.253 times as much as its mean.
   */
  readonly noise: number
}

/**
 * Median of runs, and how far they spread.
 *
 * @param values at least one
 */
export const summaryOf = (values: readonly number[]): RunSummary => {
  const sorted = values.toSorted((a, b) => a - b)
  const median = distributionOf(values).p50!
  const between = percentile(sorted, 0.75)! - percentile(sorted, 0.25)!
  const noise = (1.253 * between) / 1.349 / Math.sqrt(values.length)
  return { median, spread: between / 2 / median, noise }
}
