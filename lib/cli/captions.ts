import { orderCues, type CaptionInput } from '../index.ts'
import { isClosed, overall, summarize, type JobResult } from './batch.ts'
import {
  captionLook,
  type CaptionLook,
  type LookOptions,
} from './caption-look.ts'
import { readCaptionInput } from './caption-input.ts'
import type { CommandContext } from './command-context.ts'
import { endsBatch, exitCode, exitCodeFor, type ExitCode } from './exit-code.ts'
import { ClosedOutput } from './output-error.ts'
import { planJobs, type Job } from './plan-jobs.ts'
import { shiftCues, shiftEvents } from './shift-times.ts'
import { StandardOutput } from './standard-output.ts'
import { naming } from './transcribe-job.ts'
import { TranscriptOutputs } from './transcript-outputs.ts'
import { videoLinesOf } from './video-lines.ts'

/** What the options say of captions that are there. */
export type CaptionsOptions = LookOptions & {
  readonly format?: string
  readonly output?: string
  readonly outputDir?: string
  /** How much later they are to come, in ms. */
  readonly shift?: number
  /** File that they are for. */
  readonly video?: string
}

/** An overlap up to this, in ms, is no speech at once. */
const slip = 500

/** What is the same for every file of one command. */
type Context = CommandContext & {
  readonly look: CaptionLook
  readonly shift: number
  readonly stdout: StandardOutput
}

/** Without any word of it, captions stay what their names say that they are. */
const ownFormat = (inputs: readonly string[]): 'srt' | 'vtt' =>
  inputs.every(input => /\.vtt$/i.test(input)) ? 'vtt' : 'srt'

const inputsOf = async (
  { input }: Job,
  { look, shift, terminal, reporter }: Context,
): Promise<readonly CaptionInput[]> => {
  const warn = (message: string): void => reporter.warn(naming(input, message))
  const { cues, events } = await readCaptionInput(input, terminal, warn)
  const isRemade = Object.keys(look).length > 0
  const { inputs, cut, dropped } =
    events.length > 0
      ? shiftEvents(events, shift)
      : shiftCues(orderCues(cues, { maxOverlapMs: isRemade ? slip : 0 }), shift)
  if (cut + dropped > 0)
    warn(`captions that would begin before 0: ${cut} cut, ${dropped} left out`)
  return inputs
}

const convert = async (job: Job, context: Context): Promise<JobResult> => {
  const { look, stdout, reporter } = context
  const outputs = new TranscriptOutputs(job.targets, look, stdout)
  try {
    for (const input of await inputsOf(job, context)) await outputs.write(input)
    for (const file of await outputs.commit()) reporter.note(`wrote ${file}`)
    return { exitCode: exitCode.ok }
  } catch (error) {
    if (error instanceof ClosedOutput) return { error, exitCode: exitCode.ok }
    await outputs.abandon(false)
    reporter.error(error, message =>
      endsBatch(error) ? message : naming(job.input, message),
    )
    return { error, exitCode: exitCodeFor(error) }
  }
}

/**
 * Converts, re-times and re-wraps captions.
 *
 * @throws CliError where the command line makes no sense
 */
export const convertCaptions = async (
  inputs: readonly string[],
  options: CaptionsOptions,
  common: CommandContext,
): Promise<ExitCode> => {
  const { format, output, outputDir, shift = 0, video } = options
  const { terminal, reporter } = common
  const look = captionLook(options)
  const fallback = ownFormat(inputs)
  const jobs = await planJobs(
    { inputs, kind: 'captions', format, output, outputDir, fallback },
    terminal,
  )
  const lines = video === undefined ? undefined : videoLinesOf(jobs, video)
  const [target] = jobs[0]!.targets
  const toArray =
    jobs.length > 1 && target!.format === 'json' && target!.path === undefined
  const stdout = new StandardOutput(common, toArray)
  const context = { ...common, look, shift, stdout }
  const results: JobResult[] = []
  for (const job of jobs) {
    const result = await convert(job, context)
    results.push(result)
    if (result.error !== undefined && endsBatch(result.error)) break
  }
  if (!(await isClosed(stdout, results))) summarize(results, jobs, reporter)
  if (lines !== undefined && results[0]?.error === undefined) {
    reporter.note('this adds the captions to the video, as a track:')
    reporter.command(lines.mux)
    reporter.note('this draws them on its picture:')
    reporter.command(lines.burn)
  }
  return overall(results, jobs)
}
