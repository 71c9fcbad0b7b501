import { createHash } from 'node:crypto'
import { loadClips, type BenchClip } from './clips.ts'
import type { Competitors } from './competitors.ts'
import { thisMachine } from './machine.ts'
import {
  checkResult,
  type Results,
  type SpeechUsed,
  type SuiteRecord,
} from './results.ts'
import { runCase } from './run-case.ts'
import type {
  Suite,
  SuiteName,
  BenchContext,
  BenchOptions,
  SuiteResult,
} from './suite.ts'

type SuiteModule = { readonly default: Suite }

/** Where suites come from, by name. */
export type Suites = Readonly<
  Partial<Record<SuiteName, () => Promise<SuiteModule>>>
>

/** The suites; each is loaded when it is run. */
const suites: Suites = {
  latency: () => import('./latency/latency-suite.ts'),
  capacity: () => import('./capacity/capacity-suite.ts'),
  accuracy: () => import('./accuracy/accuracy-suite.ts'),
  throughput: () => import('./throughput/throughput-suite.ts'),
  faults: () => import('./faults/faults-suite.ts'),
  resampler: () => import('./resampler/resampler-suite.ts'),
}

/** What {@link runBench} is to do. */
export type BenchRun = {
  /** Suites to run, in this order. */
  readonly suites: readonly SuiteName[]
  /** Options of the suites. */
  readonly options: BenchOptions
  /** Folder of clips. @default the clips of the package */
  readonly data?: string | undefined
  /** Engines to measure beside voxpipe. @default none */
  readonly competitors?: Competitors
  /** The command that runs some suites so; is written beside the figures. */
  readonly command: (suites: readonly SuiteName[]) => string
  /** Told what is being done; a line. */
  readonly progress: (line: string) => void
  /** Given the lines that processes of cases print. */
  readonly onLine: (line: string) => void
  /** Called when a suite is done, with all that are done. */
  readonly onSuite?: (results: Results) => Promise<void>
  /** Told of a suite that could not be run; the others go on. */
  readonly onBroken: (name: SuiteName, error: unknown) => void
  /** Stops the run when aborted. */
  readonly signal: AbortSignal
}

const RATE = 16_000

/** Returns what identifies the speech that something is measured on. */
export const speechOf = (clips: readonly BenchClip[]): SpeechUsed => {
  const hash = createHash('sha256')
  for (const { samples, text = '' } of clips) hash.update(samples).update(text)
  const length = clips.reduce((sum, { samples }) => sum + samples.length, 0)
  return {
    clips: clips.length,
    seconds: length / RATE,
    digest: hash.digest('hex').slice(0, 16),
  }
}

/** Work that is done one after another, whoever asks for it. */
const queue = () => {
  let last: Promise<unknown> = Promise.resolve()
  return <Out>(work: () => Promise<Out>): Promise<Out> => {
    const next = last.then(work, work)
    last = next
    return next
  }
}

/**
 * Runs suites, one after another.
 *
 * @returns what was found out, also where some suites could not be run
 * @throws what `signal` was aborted with
 */
export async function runBench(run: BenchRun): Promise<Results>
/** @internal */
export async function runBench(run: BenchRun, from: Suites): Promise<Results>
export async function runBench(
  run: BenchRun,
  from: Suites = suites,
): Promise<Results> {
  const { options, data, competitors = {}, command, signal } = run
  const machine = await thisMachine()
  let loaded: Promise<readonly BenchClip[]> | undefined
  const clips = (): Promise<readonly BenchClip[]> =>
    (loaded ??= loadClips({ data, language: options.language, signal }))

  const record = async (name: SuiteName): Promise<SuiteRecord> => {
    const begun = performance.now()
    const inTurn = queue()
    let heard: Promise<readonly BenchClip[]> | undefined
    const context: BenchContext = {
      options,
      clips: () => (heard = clips()),
      data,
      runCase: (name, input) =>
        inTurn(() => runCase(name, input, { onLine: run.onLine, signal })),
      progress: run.progress,
      competitors,
      signal,
    }
    const load = from[name]
    if (!load) throw new TypeError(`there is no suite '${name}'`)
    const { default: suite } = await load()
    const result: SuiteResult = checkResult(await suite(context))
    signal.throwIfAborted()
    return {
      ...result,
      // The stated limits are those of the package on its own clips.
      verdicts: data !== undefined && heard ? [] : result.verdicts,
      date: new Date().toISOString(),
      seconds: (performance.now() - begun) / 1_000,
      command: command([name]),
      machine,
      ...(heard && { speech: speechOf(await heard) }),
    }
  }

  const done: SuiteRecord[] = []
  const results = (): Results => ({
    schema: 1,
    date: done.at(-1)?.date ?? new Date().toISOString(),
    command: command(run.suites),
    machine,
    suites: [...done],
  })
  for (const name of run.suites) {
    try {
      done.push(await record(name))
    } catch (error) {
      signal.throwIfAborted()
      run.onBroken(name, error)
      continue
    }
    await run.onSuite?.(results())
  }
  return results()
}
