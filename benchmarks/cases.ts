/** What one case answers, in a process of its own. */
export type BenchCase = (
  input: never,
  options: { readonly signal: AbortSignal },
) => Promise<unknown>

type CaseModule = { readonly default: BenchCase }

/** The cases, by name; each is loaded by its own process alone. */
export const cases: Readonly<Record<string, () => Promise<CaseModule>>> = {
  'latency-live': () => import('./latency/live-case.ts'),
  capacity: () => import('./capacity/capacity-case.ts'),
  'latency-files': () => import('./latency/file-case.ts'),
  'latency-pacing': () => import('./latency/pacing-case.ts'),
  'accuracy-hear': () => import('./accuracy/hear-case.ts'),
  'throughput-stage': () => import('./throughput/stage-case.ts'),
  'throughput-text': () => import('./throughput/text-case.ts'),
  'throughput-delay': () => import('./throughput/delay-case.ts'),
  faults: () => import('./faults/faults-case.ts'),
  resampler: () => import('./resampler/resampler-case.ts'),
  'resampler-stages': () => import('./resampler/resampler-stages-case.ts'),
}
