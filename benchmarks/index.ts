export { runBench, type BenchRun } from './run-bench.ts'
export { checkBenchOptions } from './check-options.ts'
export {
  suiteNames,
  type BenchOptions,
  type Failure,
  type Figure,
  type SuiteName,
  type SuiteResult,
  type Table,
  type Verdict,
} from './suite.ts'
export type {
  Competitors,
  FaultsEngine,
  FaultsStart,
  FileStart,
  RecognizedNumbers,
  LiveEngine,
  LiveStart,
  ResampleStart,
} from './competitors.ts'
export {
  mergeResults,
  readResults,
  type Results,
  type SpeechUsed,
  type SuiteRecord,
} from './results.ts'
export type { LatencyEngine } from './latency/measure-latency.ts'
export { type Machine } from './machine.ts'
export {
  compareResults,
  type Change,
  type ComparedFigure,
  type Comparison,
} from './compare.ts'
export { openReportFolder, writeReport } from './report/report-folder.ts'
export { comparisonText, suiteText, summaryLines } from './report/suite-text.ts'
export { readClipFolder, type ClipEntry } from './clip-folder.ts'
export { wordErrors, wordsOf } from './word-errors.ts'
export {
  alignWords,
  sumErrors,
  type ErrorCounts,
  type WordAlignment,
} from './word-errors.ts'
export { textErrors } from './accuracy/whisper-text.ts'
export { distributionOf, type Distribution } from './statistics.ts'
