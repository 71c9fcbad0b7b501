import {
  transcribe,
  type AudioFormat,
  type TranscribeOptions,
  type TranscriptEvent,
} from '../index.ts'
import type { CaptionStyle } from './caption-style.ts'
import {
  ClosedOutput,
  endsBatch,
  exitCode,
  exitCodeFor,
  type ExitCode,
} from './cli-error.ts'
import type { StandardOutput } from './destination.ts'
import type { Interrupt } from './interrupt.ts'
import {
  displayName,
  needsTimes,
  withInputName,
  type Job,
  type JobResult,
} from './jobs.ts'
import type { TranscriptDisplay } from './live-display.ts'
import {
  clock,
  showAnswers,
  showProgress,
  type CommandContext,
} from './reporter.ts'
import { TranscriptOutputs } from './transcript-outputs.ts'

/** Warnings that the end of the input is missing. */
const incompleteCodes = ['VOX_TRUNCATED', 'VOX_DECODE', 'VOX_MAX_DURATION']

/** Determines from its events whether a transcript is complete. */
export class TranscriptStatus {
  hasText = false
  #gaps = 0
  readonly #warnings = new Set<string>()
  /** The last event, unless an error came first. */
  #end: Extract<TranscriptEvent, { type: 'end' }> | undefined

  add(event: TranscriptEvent): void {
    if (event.type === 'final') this.hasText = true
    else if (event.type === 'gap') this.#gaps++
    else if (event.type === 'warning') this.#warnings.add(event.code)
    else if (event.type === 'end') this.#end = event
  }

  get durationMs(): number {
    return this.#end?.duration ?? 0
  }

  /** Whether part of the input, which may be silent, has been transcribed. */
  get hasPart(): boolean {
    return this.hasText || this.#end !== undefined
  }

  /** Why the transcript is incomplete, unless a warning reported it. */
  get problem(): string | undefined {
    if (this.#gaps > 0)
      return `${this.#gaps} ${this.#gaps === 1 ? 'stretch' : 'stretches'} of audio could not be transcribed; marked as gaps in the result`
    const isReported = incompleteCodes.some(code => this.#warnings.has(code))
    return this.#end?.complete || isReported
      ? undefined
      : 'the transcript is not complete'
  }

  /** Truncated or damaged input alone is a warning, not a failure. */
  get exitCode(): ExitCode {
    const isCapped = this.#warnings.has('VOX_MAX_DURATION')
    return isCapped || this.problem !== undefined
      ? exitCode.incomplete
      : exitCode.ok
  }
}

export type AudioSource = {
  open(input: string): Parameters<typeof transcribe>[0]
  /** Whether only an interrupt ends it, which completes its result. */
  readonly endless: boolean
}

export type JobContext = CommandContext & {
  readonly interrupt: Interrupt
  readonly stdout: StandardOutput
  /** Shows live text on standard output. */
  readonly display: TranscriptDisplay | undefined
  readonly engine: TranscribeOptions
  readonly style: CaptionStyle
  /** Warnings that were reported. */
  readonly reported: Set<string>
  readonly source: AudioSource
  readonly audio: Pick<TranscribeOptions, 'raw' | 'maxDurationMs' | 'strict'>
}

/** Codes of warnings about the engine, which are the same for every input. */
const engineWarnings = new Set([
  'VOX_MODEL_ENDING',
  'VOX_OPTION',
  'VOX_LANGUAGE',
])

const describe = ({
  container,
  codec,
  sampleRate,
  channels,
}: AudioFormat): string =>
  [container, codec, `${sampleRate} Hz`, `${channels} channel(s)`]
    .filter(part => part !== undefined)
    .join(', ')

const keptNote = (files: readonly string[]): string =>
  files.length > 0 ? `; the partial result is in ${files.join(', ')}` : ''

/** Longer finals, in ms, cannot be split into captions without word times. */
const longFinalMs = 15_000

/** Whether the times of captions within a final are estimates. */
const isEstimated = (event: TranscriptEvent): boolean =>
  event.type === 'final' &&
  event.words === undefined &&
  event.end - event.start > longFinalMs

/** Writes every event to the outputs. */
const transcribeInto = async (
  job: Job,
  { reporter, interrupt, engine, source, audio, reported }: JobContext,
  outputs: TranscriptOutputs,
  status: TranscriptStatus,
): Promise<void> => {
  const { input } = job
  const name = displayName(input)
  const warn = (message: string): void =>
    reporter.warn(withInputName(input, message))
  const begun = performance.now()
  const events = transcribe(source.open(input), {
    ...engine,
    ...audio,
    signal: interrupt.abort,
    stop: interrupt.stop,
    onFormat: format => reporter.detail(`${name}: ${describe(format)}`),
    // Live text shows its progress already.
    ...(!engine.live && { onProgress: showProgress(reporter, name) }),
  })
  const onAnswer =
    engine.engine === 'openai' && !engine.live
      ? showAnswers(reporter, name)
      : undefined
  let untimed = false
  for await (const event of events) {
    status.add(event)
    onAnswer?.(event)
    untimed ||= needsTimes(job) && isEstimated(event)
    if (event.type === 'warning') {
      const { code, message } = event
      if (!engineWarnings.has(code)) warn(message)
      else if (!reported.has(message)) reporter.warn(message)
      reported.add(message)
    }
    await outputs.write(event)
  }
  if (interrupt.exitCode !== undefined) return
  if (status.problem !== undefined) warn(status.problem)
  if (untimed)
    warn(
      'this model returns no word times, so the times of captions are estimates; omit --model to use one that does',
    )
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  reporter.detail(
    `${name}: ${clock(status.durationMs)} of audio in ${seconds} s`,
  )
}

/** Transcribes one input into its outputs, and reports errors. */
export const transcribeJob = async (
  job: Job,
  context: JobContext,
): Promise<JobResult> => {
  const { input, targets } = job
  const { reporter, interrupt, style, stdout, display, source } = context
  const { live } = context.engine
  const outputs = new TranscriptOutputs({
    targets,
    style,
    stdout,
    display,
    live,
  })
  const status = new TranscriptStatus()
  try {
    await transcribeInto(job, context, outputs, status)
    if (interrupt.exitCode === undefined || source.endless) {
      for (const file of await outputs.commit()) reporter.note(`wrote ${file}`)
      return { exitCode: interrupt.exitCode ?? status.exitCode }
    }
  } catch (error) {
    if (error instanceof ClosedOutput) return { error, exitCode: exitCode.ok }
    if (interrupt.exitCode === undefined) {
      const files = await outputs.abandon(status.hasText)
      // An error that ends the batch is not about this input.
      const named = (message: string): string =>
        (endsBatch(error) ? message : withInputName(input, message)) +
        keptNote(files)
      reporter.error(error, named)
      return { error, exitCode: exitCodeFor(error, status.hasPart) }
    }
  } finally {
    reporter.clearStatus()
  }
  const files = await outputs.abandon(status.hasText)
  reporter.note(`stopped before the end${keptNote(files)}`)
  return { exitCode: interrupt.exitCode }
}
