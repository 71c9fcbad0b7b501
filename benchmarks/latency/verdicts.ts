import type { Verdict } from '../suite.ts'
import type { LatencyRow, Pacing } from './data.ts'

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
