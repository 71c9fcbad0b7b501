import type { BenchClip } from './clips.ts'
import type { Competitors } from './competitors.ts'

/** The questions that the harness answers. */
export const suiteNames = [
  'latency',
  'capacity',
  'accuracy',
  'throughput',
  'resampler',
  'faults',
] as const

/** One of {@link suiteNames}. */
export type SuiteName = (typeof suiteNames)[number]

/** What is asked of the suites; each takes what concerns it. */
export type BenchOptions = {
  /** Every setting and more runs, however long it takes. @default false */
  readonly full?: boolean
  /**
   * Engines: `local`, `openai`, and the names of competitors.
   * @default all that are there
   */
  readonly engines?: readonly string[]
  /** Models of the local engine. @default depends on the suite */
  readonly models?: readonly string[]
  /** Settings of live text. @default depends on `full` */
  readonly latencies?: readonly string[]
  /** How late text may be with the streams of `capacity`, in ms. @default 1500 */
  readonly delayMs?: number
  /** How many streams at once. @default depends on `full` */
  readonly streams?: readonly number[]
  /** Absolute path of a module whose pipeline is measured instead. */
  readonly pipeline?: string
  /** Absolute path of a module whose recogniser is measured instead. */
  readonly recognizer?: string
  /** Of the clips, where their manifest names none. @default `en` */
  readonly language?: string
  /** Folder of models that is looked in first. */
  readonly modelDir?: string
}

/** What a suite has to work with. */
export type BenchContext = {
  readonly options: BenchOptions
  /** The clips, with their samples. */
  readonly clips: () => Promise<readonly BenchClip[]>
  /** Folder of the clips, where they are not those of the package. */
  readonly data: string | undefined
  /**
   * Runs a case in a process of its own, and answers what it answers. Only one
   * runs at a time.
   *
   * @param name a name of `cases.ts`
   * @param input what it is given; both ways all that `structuredClone` takes
   * @throws what the case throws, with its message
   */
  readonly runCase: <Out>(name: string, input: unknown) => Promise<Out>
  /** Says what is being done; a line. */
  readonly progress: (line: string) => void
  readonly competitors: Competitors
  readonly signal: AbortSignal
}

/** Answers one question. */
export type Suite = (context: BenchContext) => Promise<SuiteResult>

/** Rows under titles; the first column is a name, the others are figures. */
export type Table = {
  /** Title of the table. */
  readonly title: string
  /** What one must know to read it; a sentence or more. */
  readonly note?: string
  /** Titles of the columns. */
  readonly head: readonly string[]
  /** Cells of each row, as text. */
  readonly rows: readonly (readonly string[])[]
}

/** A figure that is compared with that of another run. */
export type Figure = {
  /** Of the same thing in all runs: `latency/balanced base/word → delta p50`. */
  readonly id: string
  /** The value, in `unit`. */
  readonly value: number
  /** `ms`, `%`, `×`, `words`, …; part of how it is shown. */
  readonly unit: string
  /** Which direction is an improvement. */
  readonly better: 'lower' | 'higher'
  /** Standard error of the value, in its unit: what is noise. */
  readonly noise: number
  /** How many values it was made of. */
  readonly n: number
}

/** A stated threshold, and whether it is met. */
export type Verdict = {
  /** What the threshold is for. */
  readonly name: string
  /** The threshold, with its unit. */
  readonly limit: string
  /** The measured value, with its unit. */
  readonly measured: string
  /** Whether the value meets the threshold. */
  readonly met: boolean
}

/** A case that could not be measured, or whose output was wrong. */
export type Failure = {
  /** The case. */
  readonly name: string
  /** What went wrong, in words. */
  readonly problem: string
}

/** What a suite found out. `Data` is JSON: everything that charts need. */
export type SuiteResult<Data = unknown> = {
  /** The suite. */
  readonly name: SuiteName
  /** Results as text. */
  readonly tables: readonly Table[]
  /** Results to compare with those of other runs. */
  readonly figures: readonly Figure[]
  /** Thresholds, and whether they are met. */
  readonly verdicts: readonly Verdict[]
  /** Cases without a result. */
  readonly failures: readonly Failure[]
  /** What was left out, and why; a sentence each. */
  readonly notes: readonly string[]
  /** Everything that charts need. */
  readonly data: Data
}

/**
 * Measures one thing; what goes wrong with it is told, and leaves the others
 * alone.
 *
 * @throws what the signal was aborted with
 */
export const attempt = async <Out>(
  { progress, signal }: Pick<BenchContext, 'progress' | 'signal'>,
  failures: Failure[],
  name: string,
  run: () => Promise<Out>,
): Promise<Out | undefined> => {
  signal.throwIfAborted()
  progress(`${name} …`)
  try {
    return await run()
  } catch (error) {
    signal.throwIfAborted()
    failures.push({ name, problem: (error as Error).message })
    return undefined
  }
}
