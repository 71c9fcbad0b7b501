import { fork, type ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import { parse } from 'node:path'
import { childEnv, lastLineOf } from './child-process.ts'

/** Options of {@link ForkedModule}. */
export type ForkedModuleOptions = {
  /** Added to the bare environment that children get. */
  readonly env: Readonly<Record<string, string>>
  /** Receives each message of the child. */
  readonly onMessage: (message: unknown) => void
  /**
   * Called once, when the child is gone: how it ended (`code 1`, `SIGSEGV`)
   * and what it said of that on standard error, in a line, or ''.
   */
  readonly onEnd: (how: string, said: string) => void
}

/**
 * Variables by which Node finds packages; never a key. Yarn's Plug'n'Play needs
 * NODE_OPTIONS; otherwise that may be for a debugger or an application's
 * monitoring, which do not belong in the child.
 */
const passed = (): string[] => [
  'HOME',
  'TMPDIR',
  'NODE_PATH',
  'NODE_V8_COVERAGE',
  ...(process.versions['pnp'] === undefined ? [] : ['NODE_OPTIONS']),
]

/**
 * Returns the flags and folder of a child. Those of this process are not used,
 * since its folder may be deleted or unmounted; but TypeScript, in a checkout,
 * needs the loader that the flags name.
 */
const startOf = (module: URL): { execArgv: string[]; cwd: string } =>
  module.pathname.endsWith('.ts')
    ? { execArgv: process.execArgv, cwd: process.cwd() }
    : { execArgv: [], cwd: parse(process.execPath).root }

/** The line of an error: a stack follows thrown ones, nothing native ones. */
const errorIn = /^\w*(Error|Exception|terminate called).*$/m

const POSIX = process.platform !== 'win32'

/**
 * A Node process that runs one of our modules and exchanges messages with it.
 * It inherits neither our flags (`--input-type`, `--inspect`) nor our
 * environment, and has a process group of its own, so that Ctrl-C in a
 * terminal does not reach it. It keeps this process alive only between
 * {@link ref} and {@link unref}. The module has to end when its channel
 * closes (`disconnect`).
 */
export class ForkedModule {
  readonly #child: ChildProcess
  readonly #stderr: Socket
  readonly #ended: Promise<void>
  /** Whether kill() was called. */
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
      // It could not be started, or not be sent a message: then it is ended.
      this.#child.on('error', error => {
        if (this.#child.pid === undefined) end(error.message)
        else this.#child.kill('SIGKILL')
      })
    })
    this.unref()
  }

  /** Process id; undefined where it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Sends a message; a child that has ended gets none. */
  send(message: object): void {
    this.#child.send(message, () => {}) // `onEnd` reports errors
  }

  /** Keeps this process alive for the child's next message, or its end. */
  ref(): void {
    this.#child.ref()
    this.#child.channel?.ref()
    this.#stderr.ref()
  }

  /** Lets this process end without the child; no longer once it is killed. */
  unref(): void {
    if (this.#killed) return
    this.#child.unref()
    this.#child.channel?.unref()
    this.#stderr.unref()
  }

  /** Kills the child at once and waits until it is gone. */
  async kill(): Promise<void> {
    this.#killed = true
    this.ref()
    this.#child.kill('SIGKILL')
    await this.#ended
  }
}
