import type { BenchClip } from '../clips.ts'
import type { Failure } from '../suite.ts'
import { sumErrors } from '../word-errors.ts'
import type { AccuracyRow, AccuracyData, Degradation } from './accuracy-data.ts'
import { pooledRate, rateDifference, rateInterval } from './bootstrap.ts'
import type { HearAnswer } from './hear-case.ts'
import { textErrors } from './text-errors.ts'

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
type Spoken = Pick<BenchClip, 'id' | 'text' | 'language'>

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
