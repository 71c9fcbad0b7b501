import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
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
type ByteChildOptions = {
  /**
   * Kills a child that neither reads nor writes for so long although it
   * could, in milliseconds.
   */
  readonly stallMs: number
  /** Names of our environment that it needs beyond {@link childEnv}'s own. */
  readonly passed?: readonly string[]
}

/** Variables that children get; never a key. */
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

/** Returns the environment of children. */
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

/** Returns the last line of an output, without control characters. */
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
  #hasStalled = false
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
    // It may close its input early; its exit code decides.
    this.#stdin.on('error', () => {})
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-4096)
    })
    const stdout: Readable = this.#child.stdout!
    this.#output = stdout[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
    this.#ended = this.#watch()
  }

  /** Process id; undefined if it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Writes bytes; resolves with false if it accepts no more. */
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

  /** Reads its next bytes; undefined at the end. */
  async read(): Promise<Uint8Array | undefined> {
    this.#timer = setInterval(() => this.#checkStall(), this.#stallMs)
    try {
      const { value, done } = await this.#output.next()
      return done ? undefined : value
    } catch {
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

  /** Kills its process group, and waits for its end. */
  async kill(): Promise<void> {
    if (!this.#closed) this.#signal()
    await this.#ended
  }

  /** Kills it if it neither reads nor writes although it could. */
  #checkStall(): void {
    if (!this.#writing && !this.#inputEnded) return
    this.#hasStalled = true
    this.#signal()
  }

  #signal(): void {
    const { pid } = this.#child
    if (pid === undefined) return
    try {
      if (POSIX) process.kill(-pid, 'SIGKILL')
      else this.#child.kill('SIGKILL')
    } catch {
      // It has ended.
    }
    // Processes that outlive it may keep its pipes open.
    this.#child.stdout!.destroy()
    this.#child.stderr!.destroy()
    this.#stdin.destroy()
  }

  #watch(): Promise<ChildExit> {
    return new Promise(resolve => {
      const settle = (code: number | null, signal: string | null) => {
        this.#closed = true
        const lastLine = lastLineOf(this.#errors)
        resolve({ code, signal, lastLine, stalled: this.#hasStalled })
      }
      this.#child.once('close', settle)
      this.#child.once('error', error => {
        this.#errors = error.message
        if (this.#child.pid === undefined) settle(null, null)
      })
    })
  }
}

/** Returns what a program prints within `timeoutMs`; '' if it fails. */
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

/** What the processes below one cost, together. */
export type ChildCosts = {
  /** CPU time so far, of those that have ended as well, in ms. */
  readonly cpuMs: number
  /** Resident memory now, in bytes. */
  readonly rss: number
  /** Sum of the most that each has had resident, in bytes. */
  readonly peakRss: number
}

/** Unit of Linux's CPU times. */
const TICK_MS = 10

const read = (path: string): string => {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return '' // it has ended meanwhile, or this is no Linux
  }
}

const sum = (numbers: readonly number[]): number =>
  numbers.reduce((total, number) => total + number, 0)

/** CPU time of a process and of its children that have ended. */
const cpuMsOf = (pid: number): { own: number; ended: number } => {
  const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)!.split(' ')
  const [own = 0, ownSystem = 0, ended = 0, endedSystem = 0] = fields
    .slice(11, 15)
    .map(Number)
  return {
    own: (own + ownSystem) * TICK_MS,
    ended: (ended + endedSystem) * TICK_MS,
  }
}

const childrenOf = (pid: number): number[] =>
  read(`/proc/${pid}/task/${pid}/children`)
    .split(' ')
    .filter(Boolean)
    .map(Number)

const below = (pid: number): number[] =>
  childrenOf(pid).flatMap(child => [child, ...below(child)])

const bytesOf = (status: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) * 1024

/**
 * Returns what the processes cost that another has started: the engine,
 * ffmpeg. Read from `/proc`; on systems without it all figures are 0.
 *
 * @param pid the other; by default this one
 */
export const childCosts = (pid: number = process.pid): ChildCosts => {
  const pids = below(pid)
  const statuses = pids.map(pid => read(`/proc/${pid}/status`))
  const cpu = pids.map(cpuMsOf).map(({ own, ended }) => own + ended)
  return {
    cpuMs: cpuMsOf(pid).ended + sum(cpu),
    rss: sum(statuses.map(status => bytesOf(status, 'VmRSS'))),
    peakRss: sum(statuses.map(status => bytesOf(status, 'VmHWM'))),
  }
}
