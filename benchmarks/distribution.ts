/** How some values are spread; `null` where there are none. */
export type Distribution = {
  readonly n: number
  readonly p50: number | null
  readonly p90: number | null
  readonly p95: number | null
  readonly p99: number | null
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
