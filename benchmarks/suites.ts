import type { Suite, SuiteName } from './suite.ts'

type SuiteModule = { readonly default: Suite }

/** Where suites come from, by name. */
export type Suites = Readonly<
  Partial<Record<SuiteName, () => Promise<SuiteModule>>>
>

/** The suites; each is loaded when it is run. */
export const suites: Suites = {
  latency: () => import('./latency/suite.ts'),
  accuracy: () => import('./accuracy/suite.ts'),
  throughput: () => import('./throughput/suite.ts'),
  faults: () => import('./faults/suite.ts'),
  resampler: () => import('./resampler/suite.ts'),
}
