import { basename } from 'node:path'
import {
  transcribe,
  type AudioFormat,
  type TranscribeOptions,
  type TranscriptEvent,
} from '../index.ts'
import type { JobResult } from './batch.ts'
import type { CaptionLook } from './caption-look.ts'
import type { Display } from './display.ts'
import type { CommandContext } from './command-context.ts'
import { ClosedOutput } from './output-error.ts'
import { endsBatch, exitCode, exitCodeFor } from './exit-code.ts'
import type { Interrupt } from './interrupt.ts'
import { Listener } from './listener.ts'
import { needsTimes, type Job } from './plan-jobs.ts'
import { clock, showAnswers, showProgress } from './progress.ts'
import type { StandardOutput } from './standard-output.ts'
import { TranscriptOutputs } from './transcript-outputs.ts'

/** What inputs are names of. */
export type Source = {
  open(input: string): Parameters<typeof transcribe>[0]
  /** Whether stopping it is how it ends, so that the result is whole. */
  readonly endless: boolean
}

/** What is the same for every job of one command. */
export type JobContext = CommandContext & {
  readonly interrupt: Interrupt
  readonly stdout: StandardOutput
  /** Where there is one, live text for standard output is shown on it. */
  readonly display: Display | undefined
  readonly engine: TranscribeOptions
  readonly look: CaptionLook
  /** Whether there is more than one input. */
  readonly several: boolean
  /** What has been told and is not to be told again. */
  readonly told: Set<string>
  readonly source: Source
  readonly audio: Pick<TranscribeOptions, 'raw' | 'maxDurationMs' | 'strict'>
}

/** Warnings of the engine that was chosen: the same for every input. */
const ofEngine = new Set(['VOX_MODEL_ENDING', 'VOX_OPTION', 'VOX_LANGUAGE'])

/** The name of an input in messages. */
export const displayName = (input: string): string =>
  input === '-' ? 'standard input' : basename(input)

/** Puts an input's name before a message that does not have it. */
export const naming = (input: string, message: string): string =>
  message.startsWith(`${input}:`)
    ? message
    : `${displayName(input)}: ${message}`

const describe = ({
  container,
  codec,
  sampleRate,
  channels,
}: AudioFormat): string =>
  [container, codec, `${sampleRate} Hz`, `${channels} channel(s)`]
    .filter(part => part !== undefined)
    .join(', ')

const kept = (files: readonly string[]): string =>
  files.length > 0 ? `; what there is stays in ${files.join(', ')}` : ''

/** What is longer, in ms, cannot be cut into captions without word times. */
const guessedFrom = 15_000

/** Whether the places of captions within it can only be guessed. */
const isGuessed = (event: TranscriptEvent): boolean =>
  event.type === 'final' &&
  event.words === undefined &&
  event.end - event.start > guessedFrom

/** Passes every event on to the outputs. Rejects with what stopped it. */
const run = async (
  job: Job,
  { reporter, interrupt, engine, source, audio, told }: JobContext,
  outputs: TranscriptOutputs,
  listener: Listener,
): Promise<void> => {
  const { input } = job
  const name = displayName(input)
  const warn = (message: string): void => reporter.warn(naming(input, message))
  const begun = performance.now()
  const events = transcribe(source.open(input), {
    ...engine,
    ...audio,
    signal: interrupt.abort,
    stop: interrupt.stop,
    onFormat: format => reporter.detail(`${name}: ${describe(format)}`),
    // What is live shows how far it is by itself.
    ...(!engine.live && { onProgress: showProgress(reporter, name) }),
  })
  // What is live shows how far it is by itself, too.
  const answered =
    engine.engine === 'openai' && !engine.live
      ? showAnswers(reporter, name)
      : undefined
  let untimed = false
  for await (const event of events) {
    listener.hear(event)
    answered?.(event)
    untimed ||= needsTimes(job) && isGuessed(event)
    if (event.type === 'warning') {
      const { code, message } = event
      if (!ofEngine.has(code)) warn(message)
      else if (!told.has(message)) reporter.warn(message)
      told.add(message)
    }
    await outputs.write(event)
  }
  if (interrupt.exitCode !== undefined) return
  if (listener.problem !== undefined) warn(listener.problem)
  if (untimed)
    warn(
      'the model gives no times of words, so captions share the time evenly; leave --model away for one that does',
    )
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  reporter.detail(
    `${name}: ${clock(listener.durationMs)} of audio in ${seconds} s`,
  )
}

/** Transcribes one input into its outputs, and tells what goes wrong. */
export const transcribeJob = async (
  job: Job,
  context: JobContext,
): Promise<JobResult> => {
  const { input, targets } = job
  const { reporter, interrupt, look, stdout, display, source } = context
  const outputs = new TranscriptOutputs(
    targets,
    look,
    stdout,
    display,
    context.engine.live,
  )
  const listener = new Listener()
  try {
    await run(job, context, outputs, listener)
    if (interrupt.exitCode === undefined || source.endless) {
      for (const file of await outputs.commit()) reporter.note(`wrote ${file}`)
      return { exitCode: interrupt.exitCode ?? listener.exitCode }
    }
  } catch (error) {
    if (error instanceof ClosedOutput) return { error, exitCode: exitCode.ok }
    if (interrupt.exitCode === undefined) {
      const files = await outputs.abandon(listener.heard)
      // What the next input would meet too is not about this one.
      const named = (message: string): string =>
        (endsBatch(error) ? message : naming(input, message)) + kept(files)
      reporter.error(error, named)
      return { error, exitCode: exitCodeFor(error, listener.some) }
    }
  } finally {
    reporter.clearStatus()
  }
  const files = await outputs.abandon(listener.heard)
  reporter.note(`stopped before the end${kept(files)}`)
  return { exitCode: interrupt.exitCode }
}
