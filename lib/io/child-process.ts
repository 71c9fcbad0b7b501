import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'

/** How a child ended. */
export type ChildExit = {
  /** Exit code; null where a signal ended it. */
  readonly code: number | null
  readonly signal: string | null
  /** Its last line on standard error, printable and short; '' for none. */
  readonly lastLine: string
  /** Whether it was killed because nothing went in or out of it. */
  readonly stalled: boolean
}

/** Options of {@link ByteChild}. */
export type ByteChildOptions = {
  /**
   * Kills a child that neither reads nor writes for so long although it
   * could, in milliseconds.
   */
  readonly stallMs: number
  /** Names of our environment that it needs beyond {@link childEnv}'s own. */
  readonly passed?: readonly string[]
}

/** What a child needs of our environment: never a key. */
const PASSED = [
  'PATH',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
  'SystemRoot',
  'TEMP',
]

/** The part of our environment that children get. */
export const childEnv = (
  env: NodeJS.ProcessEnv = process.env,
  more: readonly string[] = [],
): Record<string, string> => {
  const passed: Record<string, string> = {}
  for (const name of [...PASSED, ...more]) {
    const value = env[name]
    if (value !== undefined) passed[name] = value
  }
  return passed
}

const LINE_CHARS = 200
const POSIX = process.platform !== 'win32'

/** The last line of some output, without anything that moves a cursor. */
export const lastLineOf = (text: string): string =>
  text
    .trimEnd()
    .split(/[\r\n]+/)
    .at(-1)!
    .replace(/\P{L}/gu, char => (/[\p{N}\p{P}\p{S} ]/u.test(char) ? char : ''))
    .trim()
    .slice(0, LINE_CHARS)

/**
 * A child process that turns bytes into bytes: no shell, a bare environment,
 * a process group of its own that is killed as one.
 */
export class ByteChild {
  readonly #child: ChildProcess
  readonly #stdin: Writable
  readonly #output: AsyncIterator<Uint8Array>
  readonly #ended: Promise<ChildExit>
  readonly #stallMs: number
  #errors = ''
  #writing = false
  #inputEnded = false
  #closed = false
  #stalled = false
  #timer: NodeJS.Timeout | undefined

  /** @param file absolute path of the program */
  constructor(
    file: string,
    args: readonly string[],
    { stallMs, passed }: ByteChildOptions,
  ) {
    this.#stallMs = stallMs
    this.#child = spawn(file, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: childEnv(process.env, passed),
      detached: POSIX,
      windowsHide: true,
    })
    this.#stdin = this.#child.stdin!
    // It may close its input early: what it made of it counts.
    this.#stdin.on('error', () => {})
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-4096)
    })
    const stdout: Readable = this.#child.stdout!
    this.#output = stdout[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
    this.#ended = this.#watch()
  }

  /** Process id; undefined where it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Hands it bytes; false when it takes no more. */
  async write(bytes: Uint8Array): Promise<boolean> {
    if (this.#closed || this.#stdin.destroyed) return false
    this.#writing = true
    const taken = await new Promise<boolean>(resolve => {
      this.#stdin.write(bytes, error => resolve(!error))
      void this.#ended.then(() => resolve(false))
    })
    this.#writing = false
    this.#timer?.refresh()
    return taken
  }

  /** Ends its input. */
  endInput(): void {
    this.#inputEnded = true
    this.#stdin.end()
  }

  /** Its next bytes; undefined when there are no more. */
  async read(): Promise<Uint8Array | undefined> {
    this.#timer = setInterval(() => this.#checkStall(), this.#stallMs)
    try {
      const { value, done } = await this.#output.next()
      return done ? undefined : value
    } catch {
      // It was killed: how it ended says why.
      return undefined
    } finally {
      clearInterval(this.#timer)
      this.#timer = undefined
    }
  }

  /** Waits for its end. */
  ended(): Promise<ChildExit> {
    return this.#ended
  }

  /** Kills it and all that it started, and waits for its end. */
  async kill(): Promise<void> {
    if (!this.#closed) this.#signal()
    await this.#ended
  }

  /** It is its turn to read or write, and it does not. */
  #checkStall(): void {
    if (!this.#writing && !this.#inputEnded) return
    this.#stalled = true
    this.#signal()
  }

  #signal(): void {
    const { pid } = this.#child
    if (pid === undefined) return
    try {
      if (POSIX) process.kill(-pid, 'SIGKILL')
      else this.#child.kill('SIGKILL')
    } catch {
      // It has ended by itself.
    }
    // Its pipes may be held open by what outlives it.
    this.#child.stdout!.destroy()
    this.#child.stderr!.destroy()
    this.#stdin.destroy()
  }

  #watch(): Promise<ChildExit> {
    return new Promise(resolve => {
      const settle = (code: number | null, signal: string | null) => {
        this.#closed = true
        const lastLine = lastLineOf(this.#errors)
        resolve({ code, signal, lastLine, stalled: this.#stalled })
      }
      this.#child.once('close', settle)
      this.#child.once('error', error => {
        this.#errors = error.message
        if (this.#child.pid === undefined) settle(null, null)
      })
    })
  }
}

/** What a program prints on standard output in `timeoutMs`; '' if it fails. */
export const outputOf = async (
  file: string,
  args: readonly string[],
  timeoutMs: number,
): Promise<string> => {
  const child = new ByteChild(file, args, { stallMs: timeoutMs })
  child.endInput()
  const parts: Uint8Array[] = []
  for (let bytes; (bytes = await child.read());) parts.push(bytes)
  await child.kill()
  const { code } = await child.ended()
  return code === 0 ? Buffer.concat(parts).toString('utf8') : ''
}
