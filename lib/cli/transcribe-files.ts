import { captionProfiles, type Latency } from '../index.ts'
import { captionLook, captionRules, type LookOptions } from './caption-look.ts'
import type { Display } from './display.ts'
import { isClosed, overall, summarize, type JobResult } from './batch.ts'
import type { CommandContext } from './command-context.ts'
import { openEngine, type Engine } from './engine.ts'
import { endsBatch, usageError, type ExitCode } from './exit-code.ts'
import { given } from './given.ts'
import { Interrupt } from './interrupt.ts'
import type { RawFormat } from './parse-values.ts'
import { needsTimes, planJobs, type Job } from './plan-jobs.ts'
import { StandardOutput } from './standard-output.ts'
import {
  displayName,
  transcribeJob,
  type JobContext,
  type Source,
} from './transcribe-job.ts'
import { whoSpeaks, type SpeakerOptions } from './who-speaks.ts'

/** What the options say of a transcription. */
export type TranscribeOptions = LookOptions &
  SpeakerOptions & {
    readonly format?: string
    readonly output?: string
    readonly outputDir?: string
    readonly engine?: string
    readonly model?: string
    readonly modelDir?: string
    readonly language?: string
    readonly live?: boolean
    readonly latency?: Latency // the engine checks it
    readonly prompt?: string
    readonly keyword?: readonly string[]
    readonly wordTimestamps?: boolean
    readonly device?: string
    readonly raw?: RawFormat
    readonly maxDuration?: number
    readonly strict?: boolean
  }

const runAll = async (
  jobs: readonly Job[],
  context: JobContext,
): Promise<JobResult[]> => {
  const results: JobResult[] = []
  for (const job of jobs) {
    if (context.several && job.targets.some(({ path }) => path === undefined))
      context.reporter.note(displayName(job.input))
    const result = await transcribeJob(job, context)
    results.push(result)
    if (context.interrupt.exitCode !== undefined) break
    if (result.error !== undefined && endsBatch(result.error)) break
  }
  return results
}

/**
 * Shows live text on standard output, where that is a terminal to do so: as
 * captions, where the profile's are live ones.
 */
const liveDisplay = async (
  options: LookOptions,
  { terminal, reporter }: CommandContext,
  interrupt: Interrupt,
): Promise<Display | undefined> => {
  const { stdout } = terminal
  const { TERM, NO_COLOR } = terminal.env
  if (!stdout.isTTY || TERM === 'dumb') return undefined
  const color = !NO_COLOR
  const rules = captionRules(options)
  const rolls = typeof rules === 'object' && rules.mode === 'roll-up' && rules
  const display = rolls
    ? new (await import('./roll-up-display.ts')).RollUpDisplay(
        stdout,
        { ...captionProfiles.live, ...rolls },
        { color },
      )
    : new (await import('./live-display.ts')).LiveDisplay(stdout, { color })
  reporter.share(display)
  interrupt.stop.addEventListener('abort', () => {
    if (interrupt.exitCode === 130) display.interrupted() // by Ctrl-C
  })
  return display
}

/** Files, and standard input as `-`. */
const filesOf = ({ terminal }: CommandContext): Source => ({
  open: input => (input === '-' ? terminal.stdin : input),
  endless: false,
})

/**
 * Transcribes inputs, one after another.
 *
 * @param source what the inputs are names of
 * @throws CliError where the command line makes no sense
 */
export const transcribeFiles = async (
  inputs: readonly string[],
  options: TranscribeOptions,
  context: CommandContext,
  source = filesOf(context),
): Promise<ExitCode> => {
  const { format, output, outputDir, live, raw, strict } = options
  if (options.device !== undefined)
    throw usageError("--device is for 'voxpipe mic'; leave it away")
  const look = captionLook(options)
  const jobs = await planJobs(
    { inputs, format, output, outputDir },
    context.terminal,
  )
  const speakers = await whoSpeaks(inputs, options)
  const toArray = jobs.length > 1 && jobs[0]!.targets[0]!.format === 'json'
  const onStdout = jobs[0]!.targets[0]!.path === undefined
  const stdout = new StandardOutput(context, toArray && onStdout)
  const interrupt = new Interrupt(context)
  let engine: Engine | undefined
  try {
    engine = await openEngine(
      options,
      jobs.some(needsTimes) || speakers.speakers !== undefined,
      context,
      interrupt,
    )
    const results = await runAll(jobs, {
      ...context,
      interrupt,
      stdout,
      display: live
        ? await liveDisplay(options, context, interrupt)
        : undefined,
      engine: { ...engine.options, ...speakers },
      source,
      look,
      several: jobs.length > 1,
      told: new Set(),
      audio: given({ raw, strict, maxDurationMs: options.maxDuration }),
    })
    if (!(await isClosed(stdout, results)))
      summarize(results, jobs, context.reporter)
    return overall(results, jobs)
  } finally {
    interrupt.close()
    await engine?.close()
  }
}
