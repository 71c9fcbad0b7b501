import { readFile } from 'node:fs/promises'

/** Exit codes. A signal's is 128 + its number, such as 130. */
export const exitCode = {
  ok: 0,
  /** The input could not be used, or a check found something. */
  failed: 1,
  /** Wrong usage. */
  usage: 2,
  /** The result is incomplete. */
  incomplete: 3,
  /** A service refuses the key, account or model. */
  refused: 4,
  /** No model, engine or microphone; result not writable; port taken. */
  unavailable: 5,
} as const

/** One of {@link exitCode}, or that of a signal. */
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

export const usageError = (message: string): CliError =>
  new CliError(exitCode.usage, message)

/** @param hasPart whether part of the input was transcribed */
export const exitCodeFor = (error: unknown, hasPart = false): ExitCode => {
  if (error instanceof CliError) return error.exitCode
  const known = codes[(error as { code?: string }).code ?? '']
  return known ?? (hasPart ? exitCode.incomplete : exitCode.failed)
}

/** HTTP statuses by which a service refuses an upload, but not the next. */
const perFileStatuses = new Set([400, 413, 415, 422])

/** Whether the following inputs would fail in the same way. */
export const endsBatch = (error: unknown): boolean =>
  !perFileStatuses.has((error as { status?: number }).status ?? 0) &&
  [exitCode.ok, exitCode.usage, exitCode.refused, exitCode.unavailable].some(
    code => code === exitCodeFor(error),
  )

const writeProblems: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; free some space or write elsewhere with -o',
  EDQUOT: 'the quota is used up; free some space or write elsewhere with -o',
  EACCES: 'permission denied; choose another place with -o',
  EPERM: 'permission denied; choose another place with -o',
  EROFS: 'the disk is read-only; choose another place with -o',
  ENOENT: 'its folder does not exist; create it, or choose another with -o',
  ENOTDIR: 'its folder is a file; choose another place with -o',
  EISDIR: 'it is a folder; add / at the end to write into it',
  ENAMETOOLONG: 'the name is too long; give a shorter one with -o',
}

/** The reader of standard output closed it, which is no failure. */
export class ClosedOutput extends CliError {
  constructor(options?: ErrorOptions) {
    super(exitCode.ok, 'standard output is closed', options)
  }
}

/** Converts an error of writing a result. */
export const outputError = (name: string, error: unknown): CliError => {
  const { code = '', message } = error as NodeJS.ErrnoException
  if (code === 'EPIPE') return new ClosedOutput({ cause: error })
  return new CliError(
    exitCode.unavailable,
    `cannot write ${name}: ${writeProblems[code] ?? message}`,
    { cause: error },
  )
}

const readProblems: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file; check the name',
  EACCES: 'permission denied; check who may read it',
}

/**
 * Describes an error of reading a file.
 * @param folderHint what to do if the path is a folder
 */
export const readProblem = (
  error: unknown,
  folderHint: string,
): string | undefined => {
  const { code = '' } = error as NodeJS.ErrnoException
  return code === 'EISDIR'
    ? `it is a folder; ${folderHint}`
    : readProblems[code]
}

/**
 * Reads a text file that the command line names.
 * @param folderHint what to do if the path is a folder
 * @throws CliError, also for an error of `parse`
 */
export const readTextFile = async <Result>(
  path: string,
  folderHint: string,
  parse: (text: string) => Result,
): Promise<Result> => {
  try {
    return parse(await readFile(path, 'utf8'))
  } catch (error) {
    const problem = readProblem(error, folderHint) ?? (error as Error).message
    throw new CliError(exitCode.failed, `${path}: ${problem}`, { cause: error })
  }
}
