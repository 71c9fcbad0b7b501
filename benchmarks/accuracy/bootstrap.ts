import type { ErrorCounts } from '../word-errors.ts'
import { percentile, seededRandom } from '../statistics.ts'
import type { Difference } from './accuracy-data.ts'

/** How often clips are drawn. */
export const DRAWS = 2_000

/** Errors to words of all clips together; 0 where there is no word. */
export const pooledRate = (clips: readonly ErrorCounts[]): number => {
  const words = clips.reduce((sum, clip) => sum + clip.words, 0)
  const errors = clips.reduce((sum, clip) => sum + clip.errors, 0)
  return words === 0 ? 0 : errors / words
}

/**
 * Pooled rates of as many clips, drawn with replacement: the bootstrap of
 * Bisani and Ney 2004. Clips that are as many are drawn alike, so that the
 * rates of two models at the same index are of the same clips.
 */
export const drawnRates = (clips: readonly ErrorCounts[]): Float64Array => {
  const random = seededRandom(1)
  return Float64Array.from({ length: DRAWS }, () => {
    let [errors, words] = [0, 0]
    for (let i = 0; i < clips.length; i++) {
      const clip = clips[Math.floor(random() * clips.length)]!
      errors += clip.errors
      words += clip.words
    }
    return words === 0 ? 0 : errors / words
  })
}

const intervalOf = (rates: Float64Array): Difference['interval'] => {
  const sorted = Array.from(rates).sort((a, b) => a - b)
  return [percentile(sorted, 0.025)!, percentile(sorted, 0.975)!]
}

/** The 95 % interval of {@link pooledRate}. */
export const rateInterval = (
  clips: readonly ErrorCounts[],
): Difference['interval'] => intervalOf(drawnRates(clips))

/**
 * How much higher the pooled rate is than another of the same clips; what is
 * hard in both does not widen the interval.
 */
export const rateDifference = (
  clips: readonly ErrorCounts[],
  others: readonly ErrorCounts[],
): Difference => {
  const beside = drawnRates(others)
  return {
    value: pooledRate(clips) - pooledRate(others),
    interval: intervalOf(
      drawnRates(clips).map((rate, draw) => rate - beside[draw]!),
    ),
  }
}

/**
 * Standard error of the pooled rate, by the same draws; a word at least, for a
 * rate cannot be known finer.
 */
export const rateNoise = (clips: readonly ErrorCounts[]): number => {
  const rates = drawnRates(clips)
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / DRAWS
  const squares = rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0)
  const words = clips.reduce((sum, clip) => sum + clip.words, 0)
  return Math.max(Math.sqrt(squares / (DRAWS - 1)), 1 / Math.max(words, 1))
}
