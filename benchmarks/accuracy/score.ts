import type { BenchClip } from '../clips.ts'
import { percentile, seededRandom } from '../statistics.ts'
import type { Failure } from '../suite.ts'
import { type ErrorCounts, sumErrors } from '../word-errors.ts'
import type {
  Difference,
  AccuracyRow,
  AccuracyData,
  Degradation,
} from './accuracy-data.ts'
import type { HearAnswer } from './hear-case.ts'
import { textErrors } from './whisper-text.ts'

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

/** So many words wrong in clean speech: the texts are not what is said. */
const MOST_WRONG = 0.3

/** Whether anything was heard at all. */
export const hasText = ({ clips }: AccuracyRow): boolean =>
  clips.some(({ text }) => text.trim() !== '')

/** Name of a row, for people. */
export const rowTitle = ({ name, degradation }: AccuracyRow): string =>
  `${name}, ${degradation}`

/** What is wrong with rows: no text, or too little of it right. */
export const rowFailures = (rows: readonly AccuracyRow[]): Failure[] =>
  rows.flatMap(row => {
    const name = rowTitle(row)
    if (!hasText(row))
      return [{ name, problem: 'no text came out of any clip' }]
    if (row.degradation !== 'clean' || row.pooled <= MOST_WRONG) return []
    const worst = row.clips.reduce((a, b) => (b.errors > a.errors ? b : a))
    const part = `${(100 * row.pooled).toFixed(0)} %`
    return [
      {
        name,
        problem: `${part} of the words are wrong, most of them in '${worst.id}': check that the texts are what is said, and the language`,
      },
    ]
  })

type ScoredClip = AccuracyRow['clips'][number]
type Spoken = Pick<BenchClip, 'id' | 'language'> & { readonly text: string }

const scoreClip = (
  { id, text: reference, language }: Spoken,
  text: string,
): ScoredClip => {
  const counts = textErrors(reference, text, language)
  const rate = counts.errors / Math.max(counts.words, 1)
  return { id, ...counts, rate, text }
}

const meanRate = (clips: readonly ScoredClip[]): number => {
  const told = clips.filter(({ words }) => words > 0)
  return told.reduce((sum, { rate }) => sum + rate, 0) / (told.length || 1)
}

/** The rows of one model: one for each way in which the clips were degraded. */
export const scoreModel = (
  model: Pick<AccuracyRow, 'name' | 'engine' | 'model'>,
  spoken: readonly Spoken[],
  degradations: readonly Degradation[],
  heard: HearAnswer,
): readonly AccuracyRow[] => {
  const scored = degradations.map((_, way) =>
    spoken.map((clip, i) => scoreClip(clip, heard[i]![way]!)),
  )
  const clean = scored[degradations.indexOf('clean')]
  return scored.map((clips, way) => {
    const degradation = degradations[way]!
    return {
      ...model,
      degradation,
      errors: sumErrors(clips),
      pooled: pooledRate(clips),
      interval: rateInterval(clips),
      mean: meanRate(clips),
      ...(clean &&
        degradation !== 'clean' && { overClean: rateDifference(clips, clean) }),
      clips,
    }
  })
}

const idsOf = ({ clips }: AccuracyRow): string =>
  JSON.stringify(clips.map(({ id }) => id))

/** Models beside the first one, where they heard the same clips. */
export const differencesOf = (
  rows: readonly AccuracyRow[],
): NonNullable<AccuracyData['differences']> =>
  rows.flatMap(row => {
    const { name, degradation } = row
    const first = rows.find(other => other.degradation === degradation)!
    if (first.name === name || idsOf(first) !== idsOf(row)) return []
    const difference = rateDifference(row.clips, first.clips)
    return [{ name, against: first.name, degradation, ...difference }]
  })
