import { readFile } from 'node:fs/promises'
import type { CommandContext } from './command-context.ts'
import { CliError, exitCode, usageError } from './exit-code.ts'

/** A shorter one is guessed, or stands in a text by chance. */
const minLength = 8

const problems: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file; check the name',
  EISDIR: 'it is a folder; name a file with a key on each line',
  EACCES: 'it may not be read; check its permissions',
}

const textOf = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    throw new CliError(
      exitCode.failed,
      `${path}: ${problems[code] ?? message}`,
      { cause: error },
    )
  }
}

/** What is wrong with a key, in words that do not show it. */
const check = (key: string, place: string): void => {
  if (!/^[!-~]+$/.test(key))
    throw usageError(
      `${place} has a key with a space, or a letter that no header takes; write another`,
    )
  if (key.length < minLength)
    throw usageError(
      `${place} has a key of less than ${minLength} characters; 'openssl rand -hex 24' makes a good one`,
    )
}

/**
 * The keys that a server is to ask for: those of a file, one a line, else
 * that of `VOXPIPE_API_KEY`. No report shows them from now on.
 *
 * @throws CliError
 */
export const serverKeys = async (
  file: string | undefined,
  { terminal, reporter }: CommandContext,
): Promise<readonly string[]> => {
  const place = file ?? 'VOXPIPE_API_KEY'
  const text =
    file === undefined
      ? (terminal.env['VOXPIPE_API_KEY'] ?? '')
      : await textOf(file)
  const keys = text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
  for (const key of keys) reporter.hideKey(key)
  for (const key of keys) check(key, place)
  if (file !== undefined && keys.length === 0)
    throw usageError(`${file} has no key; write one a line`)
  return keys
}
