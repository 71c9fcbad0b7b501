import { basename } from 'node:path'
import { transcribe, type EnginePool } from '../index.ts'
import { ClosedOutput } from './output-error.ts'
import { exitCode, exitCodeFor, type ExitCode } from './exit-code.ts'
import type { Interrupt } from './interrupt.ts'
import { Listener } from './listener.ts'
import type { RawFormat } from './parse-values.ts'
import type { Job } from './plan-jobs.ts'
import { clock, showProgress } from './progress.ts'
import type { Reporter } from './reporter.ts'
import type { StandardOutput } from './standard-output.ts'
import { TranscriptOutputs, type LineLimits } from './transcript-outputs.ts'

/** What is the same for every job of one command. */
export type JobContext = {
  readonly reporter: Reporter
  readonly interrupt: Interrupt
  readonly stdout: StandardOutput
  readonly pool: EnginePool
  readonly limits: LineLimits
  /** Whether messages have to say which input they are about. */
  readonly several: boolean
  readonly source: {
    readonly language?: string
    readonly raw?: RawFormat
    readonly maxDurationMs?: number
    readonly strict?: boolean
  }
}

/** How a job went. */
export type JobResult = {
  readonly exitCode: ExitCode
  readonly error?: unknown
}

/** The name of an input in messages. */
export const displayName = (input: string): string =>
  input === '-' ? 'standard input' : basename(input)

const kept = (files: readonly string[]): string =>
  files.length > 0 ? `; what there is stays in ${files.join(', ')}` : ''

/** Passes every event on to the outputs. Rejects with what stopped it. */
const run = async (
  input: string,
  { reporter, interrupt, pool, source, several }: JobContext,
  outputs: TranscriptOutputs,
  listener: Listener,
): Promise<void> => {
  const name = displayName(input)
  const about = several ? `${name}: ` : ''
  const begun = performance.now()
  const events = transcribe(input === '-' ? process.stdin : input, {
    ...source,
    pool,
    signal: interrupt.abort,
    stop: interrupt.stop,
    onFormat: format =>
      reporter.detail(`${name}: ${Object.values(format).join(', ')}`),
    onProgress: showProgress(reporter, name),
  })
  for await (const event of events) {
    listener.hear(event)
    if (event.type === 'warning') reporter.warn(about + event.message)
    await outputs.write(event)
  }
  if (listener.problem !== undefined) reporter.warn(about + listener.problem)
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  reporter.detail(
    `${name}: ${clock(listener.durationMs)} of audio in ${seconds} s`,
  )
}

/** Transcribes one input into its outputs, and tells what goes wrong. */
export const transcribeJob = async (
  { input, targets }: Job,
  context: JobContext,
): Promise<JobResult> => {
  const { reporter, interrupt, several } = context
  const outputs = new TranscriptOutputs(targets, context.limits, context.stdout)
  const listener = new Listener()
  try {
    await run(input, context, outputs, listener)
    if (interrupt.exitCode === undefined) {
      for (const file of await outputs.commit()) reporter.note(`wrote ${file}`)
      return { exitCode: listener.exitCode }
    }
  } catch (error) {
    if (error instanceof ClosedOutput) return { error, exitCode: exitCode.ok }
    if (interrupt.exitCode === undefined) {
      const files = await outputs.abandon(listener.heard)
      const about = several ? `${displayName(input)}: ` : ''
      reporter.error(error, about, kept(files))
      return { error, exitCode: exitCodeFor(error, listener.ended) }
    }
  } finally {
    reporter.clearStatus()
  }
  reporter.note(`stopped${kept(await outputs.abandon(listener.heard))}`)
  return { exitCode: interrupt.exitCode }
}
