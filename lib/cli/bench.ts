import { access, constants, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { resolveModel } from '../index.ts'
import {
  loadBench,
  type BenchComparison,
  type BenchCompetitors,
  type BenchOptions,
  type BenchResults,
  type SuiteName,
} from './bench-module.ts'
import {
  benchOptionsOf,
  commandOf,
  knownBenchOptions,
  suitesNamed,
  type BenchCommandOptions,
} from './bench-options.ts'
import type { CommandContext } from './command-context.ts'
import {
  exitCode,
  exitCodeFor,
  usageError,
  type ExitCode,
} from './exit-code.ts'
import { given } from './given.ts'
import { Interrupt } from './interrupt.ts'
import { makeFolder } from './make-folder.ts'
import { outputError } from './output-error.ts'
import { showFetch } from './progress.ts'
import { refuseOptions } from './refuse-options.ts'
import type { Reporter } from './reporter.ts'
import { StandardOutput } from './standard-output.ts'

/** What whoever calls {@link bench} brings along. */
export type BenchSetup = {
  /** How it is called. @default `voxpipe bench` */
  readonly program?: string
  /** Folder of the report where none is given. @default `voxpipe-bench` */
  readonly output?: string
  readonly competitors?: BenchCompetitors
}

/** An error of what was given becomes one of usage. */
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
      `there is no file '${file}' with a ${what}; check what follows --${what}`,
    )
}

/** Makes the folder of the report: what it lacks is told before the work. */
const openFolder = async (folder: string): Promise<void> => {
  await makeFolder(folder)
  try {
    await access(folder, constants.W_OK)
  } catch (error) {
    throw outputError(folder, error)
  }
}

/** Finds or fetches models ahead, so that no case waits for a download. */
const fetchModels = async (
  suites: readonly SuiteName[],
  { engines, models = ['tiny', 'base'], ...rest }: BenchOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> => {
  const { modelDir, pipeline, recognizer } = rest
  const needs = (...names: SuiteName[]): boolean =>
    suites.some(name => names.includes(name))
  const recognises =
    (pipeline ?? recognizer) === undefined &&
    (needs('throughput') ||
      (needs('latency', 'accuracy') && (engines?.includes('local') ?? true)))
  for (const name of recognises ? [...models, 'silero-vad'] : [])
    await resolveModel(name, {
      modelDir,
      signal,
      onProgress: showFetch(reporter),
      onWarning: ({ message }) => reporter.warn(message),
    })
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
 * Measures: runs suites, prints what they find, and writes a report.
 *
 * @param names of suites, or `all`
 * @throws CliError where the command line makes no sense
 */
export const bench = async (
  names: readonly string[],
  options: BenchCommandOptions,
  context: CommandContext,
  setup: BenchSetup = {},
): Promise<ExitCode> => {
  refuseOptions('bench', options, knownBenchOptions)
  const { json = false, check = false, data } = options
  const { competitors = {}, program = 'voxpipe bench' } = setup
  const harness = await loadBench()
  const { suiteNames } = harness
  const suites = suitesNamed(names, suiteNames)
  const { pipeline, recognizer } = options
  const asked = benchOptionsOf(
    options,
    given({
      pipeline: pipeline && resolve(pipeline),
      recognizer: recognizer && resolve(recognizer),
    }),
  )
  harness.checkBenchOptions(asked, suites, competitors)
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
    await fetchModels(suites, asked, reporter, interrupt.stop)
    const results = await harness.runBench({
      suites,
      options: asked,
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
    for (const line of harness.summaryLines(results)) await print(`${line}\n`)
    if (json) await output.write(`${JSON.stringify(results)}\n`)
    if (report !== undefined) await print(`the report is ${report}\n`)
    return codeOf({ results, comparison, errors }, check)
  } catch (error) {
    if (interrupt.exitCode === undefined) throw error
    if (report !== undefined)
      reporter.note(`what had been measured is in ${report}`)
    return interrupt.exitCode
  } finally {
    interrupt.close()
    reporter.clearStatus()
  }
}
