import { CliError, exitCode } from './exit-code.ts'

const causes: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; free some space or write elsewhere with -o',
  EDQUOT: 'the quota is used up; free some space or write elsewhere with -o',
  EACCES: 'not allowed; choose another place with -o',
  EPERM: 'not allowed; choose another place with -o',
  EROFS: 'the disk is read-only; choose another place with -o',
  ENOENT: 'its folder does not exist; create it, or choose another with -o',
  ENOTDIR: 'its folder is a file; choose another place with -o',
  EISDIR: 'it is a folder; end it in / to write into it',
  ENAMETOOLONG: 'the name is too long; give a shorter one with -o',
}

/** Whoever read standard output has seen enough: no reason for a message. */
export class ClosedOutput extends CliError {
  constructor(options?: ErrorOptions) {
    super(exitCode.ok, 'standard output is closed', options)
  }
}

/** An error of writing a result, in words. */
export const outputError = (name: string, error: unknown): CliError => {
  const { code = '', message } = error as NodeJS.ErrnoException
  if (code === 'EPIPE') return new ClosedOutput({ cause: error })
  return new CliError(
    exitCode.unavailable,
    `cannot write ${name}: ${causes[code] ?? message}`,
    { cause: error },
  )
}
