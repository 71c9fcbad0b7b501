import { execFile, spawn } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { FfmpegError } from 'voxpipe'

const run = promisify(execFile)

/** What programs need of our environment; never a key. */
const childEnv = (): Record<string, string> =>
  Object.fromEntries(
    ['PATH', 'LANG', 'LC_ALL', 'LD_LIBRARY_PATH', 'SystemRoot', 'TEMP'].flatMap(
      name => {
        const value = process.env[name]
        return value === undefined ? [] : [[name, value]]
      },
    ),
  )

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/**
 * Returns the absolute path of a program on `PATH`; undefined where there is
 * none. Relative folders of `PATH` are skipped: what lies in the current
 * folder is not run.
 */
export const findProgram = (name: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter(folder => isAbsolute(folder))
    .map(folder =>
      join(folder, process.platform === 'win32' ? `${name}.exe` : name),
    )
    .find(isProgram)

/** Returns what a program prints within `timeoutMs`; '' if it fails. */
export const outputOf = async (
  file: string,
  args: readonly string[],
  timeoutMs: number,
): Promise<string> => {
  const options = { env: childEnv(), timeout: timeoutMs, maxBuffer: 2 ** 24 }
  try {
    return (await run(file, args, options)).stdout
  } catch {
    return ''
  }
}

/** How long ffmpeg may go on while nothing comes of it, in ms. */
const STALL_MS = 60_000

/**
 * Returns what ffmpeg makes of bytes: it reads them on standard input and
 * writes the result on standard output.
 *
 * @param path of ffmpeg, absolute
 * @throws {FfmpegError} if it fails, or if nothing comes of it for a minute
 */
export const bytesThrough = async (
  path: string,
  args: readonly string[],
  bytes: Uint8Array,
): Promise<Uint8Array> => {
  const child = spawn(path, args, { env: childEnv(), windowsHide: true })
  let isStalled = false
  const stall = setTimeout(() => {
    isStalled = true
    child.kill('SIGKILL')
  }, STALL_MS)
  for (const output of [child.stdout, child.stderr])
    output.on('data', () => stall.refresh())
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  }).finally(() => clearTimeout(stall))
  // It may close its input early: its output counts all the same.
  child.stdin.on('error', () => {})
  child.stdin.end(bytes)
  const [output, errors, code] = await Promise.all([
    buffer(child.stdout),
    text(child.stderr),
    ended,
  ])
  if (code === 0) return output
  const lastLine = errors.trimEnd().split('\n').at(-1)!.slice(0, 200)
  const reason = isStalled
    ? `nothing came of it for ${STALL_MS / 1_000} s`
    : lastLine || `code ${String(code)}`
  throw new FfmpegError(code, `ffmpeg failed: ${reason}`)
}
