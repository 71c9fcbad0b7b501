import { distributionOf } from '../statistics.ts'
import type { WordCount, FaultRun } from './run-fault.ts'
import type { Scenario } from './scenarios.ts'

/** One fault, as one engine came through it. */
export type FaultRow = {
  /** `voxpipe`, or the name of a competitor. */
  readonly engine: string
  /** Number of the table of faults, `F1`; `none` where there is no fault. */
  readonly id: string
  /** `connection reset`, `session expired`, … */
  readonly fault: string
  readonly must: Scenario['must']
  /** Numbered words that were said, in all runs. */
  readonly words: number
  /** Words that never came. */
  readonly lost: number
  /** Words that came more than once. */
  readonly doubled: number
  /** Words that came in the wrong order. */
  readonly reordered: number
  /** Parts of words. */
  readonly broken: number
  /** Lost words that the reader was told are missing. */
  readonly told: number
  /**
   * From the fault to the first final that was not there before it, in ms;
   * median of the runs. Null where none came.
   */
  readonly recoveryMs: number | null
  /** The same of each run. */
  readonly recoveries: readonly (number | null)[]
  readonly runs: number
  /** Errors and warnings that the reader got. */
  readonly reports: number
}

/** What the suite found out. */
export type FaultsData = { readonly rows: readonly FaultRow[] }

/** Audio that is later than this tells nothing of how fast an engine is. */
const TOO_LATE_MS = 300

/** Whether the machine had no time for a run. */
export const isBusy = ({ late }: FaultRun): boolean =>
  late.some(ms => ms > TOO_LATE_MS)

/** Whether what must come of a fault has come. */
export const isRight = (run: FaultRun, { must }: Scenario): boolean => {
  const { lost, told, doubled, reordered, broken } = run
  const silent = must === 'tell' ? lost - told : lost
  return silent + doubled + reordered + broken === 0
}

const sum = (
  runs: readonly FaultRun[],
  key: keyof WordCount | 'reports',
): number => runs.reduce((all, run) => all + run[key], 0)

/**
 * Sums up the runs of a fault. Those during which the machine was busy tell
 * nothing of how fast somebody is; nor, of others than us, of what they lose.
 *
 * @param words said in each run
 * @returns undefined where no run is left
 */
export const rowOf = (
  engine: string,
  { id, fault, must }: Scenario,
  runs: readonly FaultRun[],
  { words, ours }: { readonly words: number; readonly ours: boolean },
): FaultRow | undefined => {
  const recoveries = runs.map(run => (isBusy(run) ? null : run.recoveryMs))
  const counted = ours ? runs : runs.filter(run => !isBusy(run))
  if (counted.length === 0) return undefined
  return {
    engine,
    id,
    fault,
    must,
    words: words * counted.length,
    lost: sum(counted, 'lost'),
    doubled: sum(counted, 'doubled'),
    reordered: sum(counted, 'reordered'),
    broken: sum(counted, 'broken'),
    told: sum(counted, 'told'),
    recoveryMs: distributionOf(recoveries.filter(ms => ms !== null)).p50,
    recoveries,
    runs: counted.length,
    reports: sum(counted, 'reports'),
  }
}
