/** How the command ends. 130, 143 and the like are signals: 128 + number. */
export const exitCode = {
  ok: 0,
  /** Nothing could be made of the input, or a check found something. */
  failed: 1,
  /** The command was given wrongly. */
  usage: 2,
  /** There is a result, but not of everything. */
  incomplete: 3,
  /** A service refuses: the key, the account, the model. */
  refused: 4,
  /**
   * No model, engine or microphone, the result cannot be written, or the port
   * is taken.
   */
  unavailable: 5,
} as const

/** One of the codes above, or that of a signal. */
export type ExitCode = number

const codes: Readonly<Record<string, ExitCode>> = {
  VOX_OPTION: exitCode.usage,
  VOX_LANGUAGE: exitCode.usage,
  VOX_MODEL_UNKNOWN: exitCode.usage,
  VOX_TRUNCATED: exitCode.incomplete,
  VOX_MAX_DURATION: exitCode.incomplete,
  VOX_MODEL_MISSING: exitCode.unavailable,
  VOX_MODEL_CORRUPT: exitCode.unavailable,
  VOX_BUNDLED: exitCode.unavailable,
  VOX_ENGINE_MISSING: exitCode.unavailable,
  VOX_MICROPHONE: exitCode.unavailable,
  VOX_OUTPUT: exitCode.unavailable,
  VOX_KEY_MISSING: exitCode.refused,
  VOX_SERVICE_REFUSED: exitCode.refused,
}

/** An error that the command raises itself. */
export class CliError extends Error {
  readonly exitCode: ExitCode
  constructor(code: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = code
  }
}

/** A {@link CliError} for a command that was given wrongly. */
export const usageError = (message: string): CliError =>
  new CliError(exitCode.usage, message)

/**
 * The exit code for an error.
 *
 * @param some whether there was a transcript of some of the input before
 */
export const exitCodeFor = (error: unknown, some = false): ExitCode => {
  if (error instanceof CliError) return error.exitCode
  const known = codes[(error as { code?: string }).code ?? '']
  return known ?? (some ? exitCode.incomplete : exitCode.failed)
}

/** Statuses of HTTP by which a service refuses one upload, not the next. */
const aboutFile = new Set([400, 413, 415, 422])

/** Whether the inputs that follow would meet the same error. */
export const endsBatch = (error: unknown): boolean =>
  !aboutFile.has((error as { status?: number }).status ?? 0) &&
  [exitCode.ok, exitCode.usage, exitCode.refused, exitCode.unavailable].some(
    code => code === exitCodeFor(error),
  )
