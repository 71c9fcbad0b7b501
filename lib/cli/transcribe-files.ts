import { join } from 'node:path'
import { Microphone } from '../index.ts'
import { captionProfiles } from '../captions/index.ts'
import {
  captionRules,
  captionStyle,
  type CaptionStyleOptions,
} from './caption-style.ts'
import { usageError, type ExitCode } from './cli-error.ts'
import { StandardOutput } from './destination.ts'
import { Interrupt } from './interrupt.ts'
import { displayName, needsTimes, planJobs, runJobs } from './jobs.ts'
import type { TranscriptDisplay } from './live-display.ts'
import { given } from './option-values.ts'
import type { CommandContext } from './reporter.ts'
import {
  transcribeJob,
  type JobContext,
  type AudioSource,
} from './transcribe-job.ts'
import {
  openEngine,
  speakerSettings,
  type OpenEngine,
  type TranscribeCommandOptions,
} from './transcribe-settings.ts'

/**
 * Opens a display of live text if standard output is a terminal; of roll-up
 * captions if the profile is one for them.
 */
const liveDisplay = async (
  options: CaptionStyleOptions,
  { terminal, reporter }: CommandContext,
  interrupt: Interrupt,
): Promise<TranscriptDisplay | undefined> => {
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
    if (interrupt.exitCode === 130) display.eraseInterrupt() // by Ctrl-C
  })
  return display
}

const filesOf = ({ terminal }: CommandContext): AudioSource => ({
  open: input => (input === '-' ? terminal.stdin : input),
  endless: false,
})

/**
 * Transcribes inputs, one after another.
 * @throws CliError for wrong usage
 */
export const transcribeFiles = async (
  inputs: readonly string[],
  options: TranscribeCommandOptions,
  context: CommandContext,
  source = filesOf(context),
): Promise<ExitCode> => {
  const { format, output, outputDir, live, raw, strict } = options
  if (options.device !== undefined)
    throw usageError("--device is only for 'voxpipe mic'; omit it")
  const style = captionStyle(options)
  const jobs = await planJobs(
    { inputs, format, output, outputDir },
    context.terminal,
  )
  const speakers = await speakerSettings(inputs, options)
  const toArray = jobs.length > 1 && jobs[0]!.targets[0]!.format === 'json'
  const onStdout = jobs[0]!.targets[0]!.path === undefined
  const stdout = new StandardOutput(context, toArray && onStdout)
  const interrupt = new Interrupt(context)
  let engine: OpenEngine | undefined
  try {
    engine = await openEngine(
      options,
      jobs.some(needsTimes) || speakers.speakers !== undefined,
      context,
      interrupt,
    )
    const jobContext: JobContext = {
      ...context,
      interrupt,
      stdout,
      display: live
        ? await liveDisplay(options, context, interrupt)
        : undefined,
      engine: { ...engine.options, ...speakers },
      source,
      style,
      reported: new Set(),
      audio: given({ raw, strict, maxDurationMs: options.maxDuration }),
    }
    return await runJobs(
      jobs,
      stdout,
      context.reporter,
      job => {
        if (jobs.length > 1 && job.targets.some(target => !target.path))
          context.reporter.note(displayName(job.input))
        return transcribeJob(job, jobContext)
      },
      () => interrupt.exitCode !== undefined,
    )
  } finally {
    interrupt.close()
    await engine?.close()
  }
}

const clip = join(import.meta.dirname, '../../assets/demo.wav')

export const demo = (
  options: TranscribeCommandOptions,
  context: CommandContext,
): Promise<ExitCode> => {
  context.reporter.note(
    `John F. Kennedy, 1961, 11 seconds, transcribed ${options.engine === 'openai' ? 'by OpenAI' : 'on this machine'}; to transcribe a file of yours, run: voxpipe FILE`,
  )
  return transcribeFiles([clip], options, context)
}

export const mic = (
  options: TranscribeCommandOptions,
  context: CommandContext,
): Promise<ExitCode> => {
  const { device, raw, ...others } = options
  if (raw) throw usageError("'voxpipe mic' does not take --raw; omit it")
  const microphone = new Microphone(device === undefined ? {} : { device })
  microphone.once('recording', (recorder: string) =>
    context.reporter.note(`recording with ${recorder}; press Ctrl-C to stop`),
  )
  return transcribeFiles(
    ['microphone'],
    { ...others, live: true, raw: microphone.raw },
    context,
    { open: () => microphone, endless: true },
  )
}
