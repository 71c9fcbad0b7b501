import {
  alignWords,
  runBench,
  suiteNames,
  textErrors,
  wordErrors,
  type BenchRun,
  type LiveStart,
  type Results,
  type SuiteName,
} from 'voxpipe/bench'

export const names: readonly SuiteName[] = suiteNames
export const results = (run: BenchRun): Promise<Results> => runBench(run)
export const rate: number = wordErrors('one two', 'one three')
export const places: readonly number[] = alignWords(['a'], ['a']).heardAt
export const errors = textErrors('one two', 'one three')
export const start: LiveStart = async () => undefined

// @ts-expect-error there is no such suite
export const noSuite: SuiteName = 'speed'
// @ts-expect-error a run has suites
export const noRun: BenchRun = { options: {} }
