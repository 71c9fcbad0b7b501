import type { ErrorCounts } from '../align-words.ts'
import { distributionOf, type Distribution } from '../distribution.ts'
import { noiseBetween, percentileNoise, shareNoise } from '../noise.ts'
import type { Figure } from '../suite.ts'
import type { FileRow, LatencyRow, MeasuredClip } from './data.ts'

type Delays = (clip: MeasuredClip) => readonly { readonly ms: number }[]

/** Values of each run, clip by clip. */
const grouped = ({ clips }: LatencyRow, of: Delays): number[][][] => {
  const runs: number[][][] = []
  for (const clip of clips)
    (runs[clip.run] ??= []).push(of(clip).map(({ ms }) => ms))
  return runs
}

const lower = { unit: 'ms', better: 'lower' } as const

const rate = (id: string, errors: ErrorCounts, runs: number): Figure[] => {
  const { words } = errors
  if (words === 0) return []
  const share = errors.errors / words
  // Runs say the same words again.
  const noise = 100 * shareNoise(share, words / runs)
  const value = 100 * share
  return [{ id, value, unit: '%', better: 'lower', noise, n: words }]
}

const ofRow = (row: LatencyRow): Figure[] => {
  const { name, figures, loads } = row
  const id = (what: string): string => `latency/${name}/${what}`
  const delay = (
    what: string,
    { p50, p95, n }: Distribution,
    of: Delays,
    parts: readonly (0.5 | 0.95)[] = [0.5, 0.95],
  ): Figure[] =>
    parts.flatMap(part => {
      const value = part === 0.5 ? p50 : p95
      if (value === null) return []
      const noise = percentileNoise(grouped(row, of), part)
      return [{ id: id(`${what} p${100 * part}`), value, noise, n, ...lower }]
    })
  const { wordToDelta, onsetToPartial, endToFinal, timeError } = figures
  const sizes: Delays = clip =>
    clip.times.map(({ ms }) => ({ ms: Math.abs(ms) }))
  const cpu: Figure = {
    id: id('CPU of all cores'),
    value: 100 * row.cost.load,
    unit: '%',
    better: 'lower',
    noise: 100 * noiseBetween(loads),
    n: loads.length,
  }
  return [
    ...delay('word → delta', wordToDelta, clip => clip.words),
    ...delay('onset → first', onsetToPartial, clip => clip.onsets, [0.5]),
    ...delay('end → final', endToFinal, clip => clip.ends),
    ...delay('word ends', timeError, sizes, [0.5]),
    ...rate(id('delta ≠ final'), figures.deltaErrors, loads.length),
    ...rate(id('word errors'), figures.finalErrors, loads.length),
    // A single run does not tell how far the next one may be from it.
    ...(loads.length > 1 ? [cpu] : []),
  ]
}

const ofFiles = ({ name, files, errors }: FileRow): Figure[] => {
  const id = (what: string): string => `latency/${name}, files/${what}`
  const text = (what: 'first' | 'last'): Figure[] => {
    const values = files.map(file => file[what])
    const { p50, n } = distributionOf(values)
    const noise = percentileNoise([[values]], 0.5)
    return p50 === null
      ? []
      : [{ id: id(`${what} text p50`), value: p50, noise, n, ...lower }]
  }
  return [
    ...text('first'),
    ...text('last'),
    ...rate(id('word errors'), errors, 1),
  ]
}

/** What is compared with another time. */
export const latencyFigures = (
  rows: readonly LatencyRow[],
  files: readonly FileRow[],
): Figure[] => [...rows.flatMap(ofRow), ...files.flatMap(ofFiles)]
