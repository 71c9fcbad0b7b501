import { exitCode, type ExitCode } from './exit-code.ts'
import { ClosedOutput } from './output-error.ts'
import type { Job } from './plan-jobs.ts'
import type { Reporter } from './reporter.ts'
import type { StandardOutput } from './standard-output.ts'

/** How a job went. */
export type JobResult = {
  readonly exitCode: ExitCode
  readonly error?: unknown
}

/** One code for all: that of a lone job, or of what ended the batch. */
export const overall = (
  results: readonly JobResult[],
  jobs: readonly Job[],
): ExitCode => {
  const last = results.at(-1)!
  if (last.error instanceof ClosedOutput)
    return results.every(result => result.exitCode === exitCode.ok)
      ? exitCode.ok
      : exitCode.incomplete
  if (jobs.length === 1 || results.length < jobs.length) return last.exitCode
  if (last.exitCode > 128) return last.exitCode // a signal, at the last input
  const codes = new Set(results.map(result => result.exitCode))
  if (codes.size === 1) return last.exitCode
  const nothing = results.every(
    ({ exitCode: code, error }) =>
      error !== undefined && code !== exitCode.incomplete,
  )
  return nothing ? exitCode.failed : exitCode.incomplete
}

/** Ends standard output; says whether its reader was gone before. */
export const isClosed = async (
  stdout: StandardOutput,
  results: readonly JobResult[],
): Promise<boolean> => {
  if (results.some(({ error }) => error instanceof ClosedOutput)) return true
  try {
    await stdout.close()
    return false
  } catch (error) {
    if (error instanceof ClosedOutput) return true
    throw error
  }
}

/** Tells how a batch went where something of it did not. */
export const summarize = (
  results: readonly JobResult[],
  jobs: readonly Job[],
  reporter: Reporter,
): void => {
  const failed = jobs.filter((_, index) => results[index]?.error !== undefined)
  const undone = jobs.length - results.length
  if (jobs.length === 1 || failed.length + undone === 0) return
  const rest = undone > 0 ? `; ${undone} not begun` : ''
  const names = failed.map(({ input }) => input).join(', ')
  reporter.summary(
    `${results.length - failed.length} of ${jobs.length} inputs done${names && `; failed: ${names}`}${rest}`,
  )
}
