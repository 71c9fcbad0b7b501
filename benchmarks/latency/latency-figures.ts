import {
  distributionOf,
  type Distribution,
  noiseBetween,
  percentileNoise,
  shareNoise,
} from '../statistics.ts'
import type { Verdict, Figure } from '../suite.ts'
import type { ErrorCounts } from '../word-errors.ts'
import type {
  LatencyRow,
  Pacing,
  FileRow,
  MeasuredClip,
} from './latency-data.ts'

const show = (value: number | null): string =>
  value === null ? '–' : value.toFixed(1)

const atMost = (
  name: string,
  limit: number,
  value: number | null,
): Verdict => ({
  name,
  limit: String(limit),
  measured: show(value),
  met: value !== null && value <= limit,
})

/** How far runs that follow each other lie apart at most, in %. */
export const apartPercent = (runs: readonly number[]): number =>
  Math.max(
    0,
    ...runs.slice(1).map((run, i) => {
      const before = runs[i]!
      return (100 * Math.abs(run - before)) / Math.min(run, before)
    }),
  )

/**
 * What the default setting must reach at one stream, on two cores.
 *
 * @param row of it
 */
export const rowVerdicts = ({
  figures,
  fileErrors,
  cost,
  p50s,
}: LatencyRow): Verdict[] => {
  const { wordToDelta, endToFinalBeyondSilence, timeError } = figures
  const { errors } = figures.finalErrors
  return [
    atMost('word → delta p50, ms', 400, wordToDelta.p50),
    atMost('word → delta p95, ms', 900, wordToDelta.p95),
    atMost(
      'speech end → final p50 beyond the silence, ms',
      250,
      endToFinalBeyondSilence.p50,
    ),
    atMost('delta ≠ final, %', 8, 100 * figures.deltaErrors.rate),
    {
      name: 'word errors of finals, against those of files',
      limit: 'no more',
      measured: `${errors} / ${fileErrors?.errors ?? '–'}`,
      met: fileErrors !== undefined && errors <= fileErrors.errors,
    },
    atMost('CPU of all cores, %', 75, 100 * cost.load),
    atMost('word end error p50, ms', 120, timeError.p50),
    atMost('word end error p95, ms', 400, timeError.p95),
    ...(p50s.length > 1
      ? [
          atMost(
            'word → delta p50, one run to the next, % apart',
            15,
            apartPercent(p50s),
          ),
        ]
      : []),
  ]
}

/** What the source must keep to. */
export const pacingVerdict = ({ minutes, driftMs }: Pacing): Verdict => ({
  name: `pacing drift over ${minutes} minute${minutes === 1 ? '' : 's'}, ms`,
  limit: '< 2',
  measured: driftMs.toFixed(2),
  met: Math.abs(driftMs) < 2,
})

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
