import { type ChildProcess, spawn, fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { parse } from 'node:path'
import type { Readable, Writable } from 'node:stream'

/** How a child ended. */
export type ChildExit = {
  /** Exit code; null if a signal ended it. */
  readonly code: number | null
  readonly signal: string | null
  /** Its last line on standard error, printable and short; '' for none. */
  readonly lastLine: string
  /** Whether it was killed because it neither read nor wrote. */
  readonly stalled: boolean
}

type ByteChildOptions = {
  /**
   * Time in ms after which a child is killed that could read or write but does
   * neither.
   */
  readonly stallMs: number
  /** Further environment variables that it needs. */
  readonly passed?: readonly string[]
}

/** Environment variables of children; never a key. */
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
 * A child process that turns bytes into bytes. It has no shell, a minimal
 * environment, and its own process group, which is killed as a whole.
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

  endInput(): void {
    this.#inputEnded = true
    this.#stdin.end()
  }

  /** Returns the next bytes; undefined at the end. */
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

  ended(): Promise<ChildExit> {
    return this.#ended
  }

  /** Kills its process group and waits until it has ended. */
  async kill(): Promise<void> {
    if (!this.#closed) this.#signal()
    await this.#ended
  }

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
    // Its own children may keep its pipes open.
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

/** Total resource usage of child processes and theirs. */
export type ChildProcessUsage = {
  /** CPU time so far, including processes that have ended, in ms. */
  readonly cpuMs: number
  /** Current resident memory, in bytes. */
  readonly rss: number
  /** Sum of each process's peak resident memory, in bytes. */
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

/** CPU time of a process and of its ended children. */
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
 * Returns the resource usage of a process's descendants, such as the engine and
 * ffmpeg, from `/proc`. All figures are 0 on systems without it.
 *
 * @param pid the process; this one by default
 */
export const childProcessUsage = (
  pid: number = process.pid,
): ChildProcessUsage => {
  const pids = below(pid)
  const statuses = pids.map(pid => read(`/proc/${pid}/status`))
  const cpu = pids.map(cpuMsOf).map(({ own, ended }) => own + ended)
  return {
    cpuMs: cpuMsOf(pid).ended + sum(cpu),
    rss: sum(statuses.map(status => bytesOf(status, 'VmRSS'))),
    peakRss: sum(statuses.map(status => bytesOf(status, 'VmHWM'))),
  }
}

export type ForkedModuleOptions = {
  /** Added to the minimal environment of children. */
  readonly env: Readonly<Record<string, string>>
  readonly onMessage: (message: unknown) => void
  /**
   * Called once, when the child has ended.
   *
   * @param how `code 1` or `SIGSEGV`, for example
   * @param lastLine the error on its standard error, in one line, or ''
   */
  readonly onEnd: (how: string, lastLine: string) => void
}

/**
 * Variables that Node needs to find packages; never a key. Yarn's Plug'n'Play
 * needs NODE_OPTIONS, which otherwise may load an application's monitoring.
 */
const passed = (): string[] => [
  'HOME',
  'TMPDIR',
  'NODE_PATH',
  'NODE_V8_COVERAGE',
  ...(process.versions['pnp'] === undefined ? [] : ['NODE_OPTIONS']),
]

/**
 * Returns the flags and the folder of a child. This process's folder may be
 * deleted or unmounted. A TypeScript checkout needs the loader in the flags.
 */
const startOf = (module: URL): { execArgv: string[]; cwd: string } =>
  module.pathname.endsWith('.ts')
    ? { execArgv: process.execArgv, cwd: process.cwd() }
    : { execArgv: [], cwd: parse(process.execPath).root }

/** Matches the line of an error; a stack follows it, if it was thrown. */
const errorIn = /^\w*(Error|Exception|terminate called).*$/m

/**
 * A Node process that runs a module of voxpipe and exchanges messages with it.
 * It inherits no flags (`--input-type`, `--inspect`). It has its own process
 * group, so Ctrl-C in a terminal does not reach it. It keeps this process alive
 * only between {@link ref} and {@link unref}. The module has to exit on
 * `disconnect`.
 */
export class ForkedModule {
  readonly #child: ChildProcess
  readonly #stderr: Socket
  readonly #ended: Promise<void>
  #killed = false

  constructor(module: URL, { env, onMessage, onEnd }: ForkedModuleOptions) {
    this.#child = fork(module, {
      ...startOf(module),
      env: { ...childEnv(process.env, passed()), ...env },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      detached: POSIX,
    })
    let printed = ''
    this.#stderr = this.#child.stderr as Socket
    this.#stderr.setEncoding('utf8').on('data', (text: string) => {
      printed = (printed + text).slice(-4_096)
    })
    this.#child.on('message', onMessage)
    this.#ended = new Promise(resolve => {
      const end = (how: string): void => {
        onEnd(how, lastLineOf(errorIn.exec(printed)?.[0] ?? printed))
        resolve()
      }
      this.#child.once('close', (code, signal) => end(signal ?? `code ${code}`))
      // It could not be started, or did not accept a message.
      this.#child.on('error', error => {
        if (this.#child.pid === undefined) end(error.message)
        else this.#child.kill('SIGKILL')
      })
    })
    this.unref()
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Sends a message, unless the child has ended. */
  send(message: object): void {
    this.#child.send(message, () => {}) // `onEnd` reports errors
  }

  /** Keeps this process alive. */
  ref(): void {
    this.#child.ref()
    this.#child.channel?.ref()
    this.#stderr.ref()
  }

  /** Lets this process end before the child, unless it is being killed. */
  unref(): void {
    if (this.#killed) return
    this.#child.unref()
    this.#child.channel?.unref()
    this.#stderr.unref()
  }

  async kill(): Promise<void> {
    this.#killed = true
    this.ref()
    this.#child.kill('SIGKILL')
    await this.#ended
  }
}
