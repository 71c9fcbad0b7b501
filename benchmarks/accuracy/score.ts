import { sumErrors } from '../align-words.ts'
import type { BenchClip } from '../clips.ts'
import { pooledRate, rateDifference, rateInterval } from './bootstrap.ts'
import type { AccuracyData, AccuracyRow, Degradation } from './data.ts'
import type { HearAnswer } from './hear-case.ts'
import { textErrors } from './text-errors.ts'

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
