/** The suites, by the names that the command takes. */
export type SuiteName =
  'latency' | 'accuracy' | 'throughput' | 'resampler' | 'faults'

/** Options of the suites. */
export type BenchOptions = {
  readonly full?: boolean
  readonly engines?: readonly string[]
  readonly models?: readonly string[]
  readonly latencies?: readonly string[]
  readonly streams?: readonly number[]
  /** Absolute path of a module. */
  readonly pipeline?: string
  /** Absolute path of a module. */
  readonly recognizer?: string
  readonly language?: string
  readonly modelDir?: string
}

type ModuleUrls = Readonly<Record<string, string>>

/** Modules to measure beside voxpipe, for each suite by name. */
export type BenchCompetitors = {
  readonly latency?: ModuleUrls
  readonly throughput?: ModuleUrls
  readonly resampler?: ModuleUrls
  readonly faults?: ModuleUrls
}

/** Results of suites, as far as the exit code depends on them. */
export type BenchResults = {
  readonly suites: readonly {
    readonly name: SuiteName
    readonly failures: readonly unknown[]
    readonly verdicts: readonly { readonly met: boolean }[]
  }[]
}

/** Changes since another run, as far as the exit code depends on them. */
export type BenchComparison = {
  readonly figures: readonly { readonly change: string }[]
}

type BenchRun = {
  readonly suites: readonly SuiteName[]
  readonly options: BenchOptions
  readonly data: string | undefined
  readonly competitors: BenchCompetitors
  readonly command: (suites: readonly SuiteName[]) => string
  readonly progress: (line: string) => void
  readonly onLine: (line: string) => void
  readonly onSuite: (results: BenchResults) => Promise<void>
  readonly onBroken: (name: SuiteName, error: unknown) => void
  readonly signal: AbortSignal
}

/**
 * The part of `voxpipe/bench` that the command uses. It is compiled after this
 * room, against its declarations, so its types cannot be imported here; a test
 * compares them with these.
 */
export type BenchModule = {
  readonly suiteNames: readonly SuiteName[]
  checkBenchOptions(
    options: BenchOptions,
    suites: readonly SuiteName[],
    competitors: BenchCompetitors,
  ): void
  readClipFolder(folder: string): Promise<unknown>
  readResults(path: string): Promise<BenchResults>
  mergeResults(
    earlier: BenchResults | undefined,
    later: BenchResults,
  ): BenchResults
  compareResults(before: BenchResults, now: BenchResults): BenchComparison
  comparisonText(comparison: BenchComparison, name: string): string
  openReportFolder(folder: string): Promise<BenchResults | undefined>
  writeReport(folder: string, results: BenchResults): Promise<string>
  runBench(run: BenchRun): Promise<BenchResults>
  suiteText(suite: BenchResults['suites'][number]): string
  summaryLines(results: BenchResults): readonly string[]
}

/** Loads the harness. */
export const loadBench = async (): Promise<BenchModule> => {
  const name: string = 'voxpipe/bench'
  return (await import(name)) as BenchModule
}
