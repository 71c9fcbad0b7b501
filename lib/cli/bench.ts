import { access, constants, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { defaultModel } from '../recognizers/index.ts'
import {
  usageError,
  exitCode,
  exitCodeFor,
  type ExitCode,
  outputError,
} from './cli-error.ts'
import { makeFolder, StandardOutput } from './destination.ts'
import { shellWord } from './ffmpeg-commands.ts'
import { Interrupt } from './interrupt.ts'
import { prefetchModels } from './models.ts'
import { given, refuseOptions } from './option-values.ts'
import type { CommandContext } from './reporter.ts'
import type { TranscribeCommandOptions } from './transcribe-settings.ts'

export type SuiteName =
  'latency' | 'capacity' | 'accuracy' | 'throughput' | 'resampler' | 'faults'

export type BenchOptions = {
  readonly full?: boolean
  readonly engines?: readonly string[]
  readonly models?: readonly string[]
  readonly latencies?: readonly string[]
  readonly delayMs?: number
  readonly streams?: readonly number[]
  readonly pipeline?: string
  readonly recognizer?: string
  readonly language?: string
  readonly modelDir?: string
}

type ModuleUrls = Readonly<Record<string, string>>

/** URLs of modules to measure beside voxpipe, by suite and name. */
export type BenchCompetitors = {
  readonly latency?: ModuleUrls
  readonly throughput?: ModuleUrls
  readonly resampler?: ModuleUrls
  readonly faults?: ModuleUrls
}

/** Results, as far as the exit code depends on them. */
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
 * The part of `voxpipe/bench` that the command uses. `benchmarks` is compiled
 * after this room, against its declarations, so its types cannot be imported; a
 * test compares them.
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

export const loadBench = async (): Promise<BenchModule> => {
  const name: string = 'voxpipe/bench'
  return (await import(name)) as BenchModule
}

export type BenchOwnOptions = {
  readonly full?: boolean
  /** Whether a missed limit is exit code 1. */
  readonly check?: boolean
  readonly json?: boolean
  /** An older `results.json`. */
  readonly compare?: string
  /** Folder of clips. */
  readonly data?: string
  readonly pipeline?: string
  readonly recognizer?: string
  readonly streams?: readonly number[]
  /** How late text may be with the streams of `capacity`, in ms. */
  readonly delay?: number
}

/** Its engines, models and latencies are lists, separated by commas. */
export type BenchCommandOptions = BenchOwnOptions &
  Pick<
    TranscribeCommandOptions,
    'engine' | 'model' | 'language' | 'modelDir' | 'output' | 'outputDir'
  > & { readonly latency?: string }

const benchOptionNames: ReadonlySet<string> = new Set(
  [
    ['full', 'check', 'json', 'compare', 'data', 'streams', 'delay'],
    ['pipeline', 'recognizer'],
    ['engine', 'model', 'latency', 'language', 'modelDir'],
    ['output', 'outputDir', 'quiet', 'verbose', 'debug'],
  ].flat(),
)

/**
 * Returns the named suites, each once, in their usual order.
 * @throws CliError
 */
const suitesNamed = (
  names: readonly string[],
  suiteNames: readonly SuiteName[],
): SuiteName[] => {
  const known = new Set<string>(['all', ...suiteNames])
  const there = `${suiteNames.join(', ')} or all`
  if (names.length === 0) throw usageError(`no suite is named; use ${there}`)
  for (const name of names)
    if (!known.has(name))
      throw usageError(`there is no suite '${name}'; use ${there}`)
  return suiteNames.filter(
    name => names.includes('all') || names.includes(name),
  )
}

const listOf = (text: string | undefined): string[] | undefined =>
  text
    ?.split(',')
    .map(item => item.trim())
    .filter(Boolean)

/** Options of the suites, whose module paths are absolute. */
const benchOptionsOf = (
  options: BenchCommandOptions,
  modules: Pick<BenchOptions, 'pipeline' | 'recognizer'>,
): BenchOptions =>
  given<BenchOptions>({
    full: options.full,
    engines: listOf(options.engine),
    models: listOf(options.model),
    latencies: listOf(options.latency),
    streams: options.streams,
    delayMs: options.delay,
    language: options.language,
    modelDir: options.modelDir,
    ...modules,
  })

/**
 * Returns the command that measures the same again.
 * @param program `voxpipe bench`
 * @param suiteNames all suites, which are written as `all`
 */
const commandOf = (
  program: string,
  suites: readonly SuiteName[],
  suiteNames: readonly SuiteName[],
  options: BenchCommandOptions,
): string => {
  const flag = (name: string, value: string | undefined): string[] =>
    value === undefined ? [] : [`--${name}`, shellWord(value)]
  return [
    program,
    ...(suites.length === suiteNames.length ? ['all'] : suites),
    ...(options.full ? ['--full'] : []),
    ...flag('data', options.data),
    ...flag('pipeline', options.pipeline),
    ...flag('recognizer', options.recognizer),
    ...flag('engine', options.engine),
    ...flag('model', options.model),
    ...flag('latency', options.latency),
    ...flag('streams', options.streams?.join(',')),
    ...flag(
      'delay',
      options.delay === undefined ? undefined : `${options.delay}ms`,
    ),
    ...flag('language', options.language),
    ...flag('model-dir', options.modelDir),
  ].join(' ')
}

/** Settings by the caller of the command line. */
export type BenchSetup = {
  /** Name of the command. @default `voxpipe bench` */
  readonly program?: string
  /** Default folder of the report. @default `voxpipe-bench` */
  readonly output?: string
  readonly competitors?: BenchCompetitors
}

const asUsage = async <Out>(work: Promise<Out>): Promise<Out> => {
  try {
    return await work
  } catch (error) {
    throw usageError((error as Error).message)
  }
}

const checkModule = async (
  what: 'pipeline' | 'recognizer',
  file: string | undefined,
): Promise<void> => {
  if (file === undefined) return
  const found = await stat(file).catch(() => undefined)
  if (!found?.isFile())
    throw usageError(
      `the file '${file}' does not exist; check the path after --${what}`,
    )
}

/** Makes the report's folder and checks that it is writable. */
const openFolder = async (folder: string): Promise<void> => {
  await makeFolder(folder)
  try {
    await access(folder, constants.W_OK)
  } catch (error) {
    throw outputError(folder, error)
  }
}

/** Returns the models that the suites use. */
const modelsFor = (
  suites: readonly SuiteName[],
  { engines, models, pipeline, recognizer }: BenchOptions,
): readonly string[] => {
  const needs = (...names: SuiteName[]): boolean =>
    suites.some(name => names.includes(name))
  const recognises =
    (pipeline ?? recognizer) === undefined &&
    (needs('throughput') ||
      (needs('latency', 'capacity', 'accuracy') &&
        (engines?.includes('local') ?? true)))
  const usual = needs('accuracy', 'throughput')
    ? ['tiny', 'base']
    : [defaultModel(true)]
  return recognises ? [...(models ?? usual), 'silero-vad'] : []
}

type Outcome = {
  readonly results: BenchResults
  readonly comparison: BenchComparison | undefined
  readonly errors: readonly unknown[]
}

const codeOf = (
  { results, comparison, errors }: Outcome,
  check: boolean,
): ExitCode => {
  const [error] = errors
  if (error !== undefined) return exitCodeFor(error)
  const { suites } = results
  const failed = suites.some(({ failures }) => failures.length > 0)
  const missed = suites.some(({ verdicts }) => verdicts.some(v => !v.met))
  const worse = comparison?.figures.some(({ change }) => change === 'worse')
  return failed || (check && (missed || worse)) ? exitCode.failed : exitCode.ok
}

/**
 * Runs suites, prints their results and writes a report.
 * @param names of suites, or `all`
 * @throws CliError for wrong usage
 */
export const bench = async (
  names: readonly string[],
  options: BenchCommandOptions,
  context: CommandContext,
  setup: BenchSetup = {},
): Promise<ExitCode> => {
  refuseOptions('bench', options, benchOptionNames)
  const { json = false, check = false, data } = options
  const { competitors = {}, program = 'voxpipe bench' } = setup
  const harness = await loadBench()
  const { suiteNames } = harness
  const suites = suitesNamed(names, suiteNames)
  const { pipeline, recognizer } = options
  const benchOptions = benchOptionsOf(
    options,
    given({
      pipeline: pipeline && resolve(pipeline),
      recognizer: recognizer && resolve(recognizer),
    }),
  )
  harness.checkBenchOptions(benchOptions, suites, competitors)
  await checkModule('pipeline', pipeline)
  await checkModule('recognizer', recognizer)
  if (data !== undefined) await asUsage(harness.readClipFolder(data))
  const before =
    options.compare === undefined
      ? undefined
      : await asUsage(harness.readResults(options.compare))
  const folder =
    options.output ?? options.outputDir ?? setup.output ?? 'voxpipe-bench'
  const earlier = await asUsage(harness.openReportFolder(folder))
  await openFolder(folder)

  const { reporter } = context
  const output = new StandardOutput(context)
  const print = async (text: string): Promise<void> => {
    if (!json) await output.write(text)
    else
      for (const line of text.split('\n').slice(0, -1)) reporter.command(line)
  }
  const interrupt = new Interrupt(context, () => 'stopping')
  const errors: unknown[] = []
  let report: string | undefined
  try {
    await prefetchModels(
      modelsFor(suites, benchOptions),
      options.modelDir,
      reporter,
      interrupt.stop,
    )
    const results = await harness.runBench({
      suites,
      options: benchOptions,
      data,
      competitors,
      command: some => commandOf(program, some, suiteNames, options),
      signal: interrupt.stop,
      progress: line => reporter.note(line),
      onLine: line => reporter.detail(line),
      onBroken: (name, error) => {
        errors.push(error)
        reporter.error(error, message => `${name}: ${message}`)
      },
      onSuite: async done => {
        await print(harness.suiteText(done.suites.at(-1)!))
        try {
          report = await harness.writeReport(
            folder,
            harness.mergeResults(earlier, done),
          )
        } catch (error) {
          throw outputError(folder, error)
        }
      },
    })
    const comparison = before && harness.compareResults(before, results)
    if (comparison)
      await print(`${harness.comparisonText(comparison, options.compare!)}\n`)
    if (json) await output.write(`${JSON.stringify(results)}\n`)
    if (report !== undefined) await print(`the report is ${report}\n`)
    for (const line of harness.summaryLines(results)) await print(`${line}\n`)
    return codeOf({ results, comparison, errors }, check)
  } catch (error) {
    if (interrupt.exitCode === undefined) throw error
    if (report !== undefined)
      reporter.note(`the results so far are in ${report}`)
    return interrupt.exitCode
  } finally {
    interrupt.close()
    reporter.clearStatus()
  }
}
