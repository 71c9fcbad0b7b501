import type { Readable, Writable } from 'node:stream'

/** The signals that end the command, after what has been decoded. */
export const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** One of {@link signals}. */
export type InterruptSignal = (typeof signals)[number]

/** A stream that a command reads; `process.stdin` is one. */
export type Input = Readable & { readonly isTTY?: boolean }

/** A stream that a command prints to; `process.stdout` is one. */
export type Output = Writable & {
  /** Whether it is a terminal. */
  readonly isTTY?: boolean
  /** Width of the terminal in characters. */
  readonly columns?: number
}

/** Options of {@link Terminal}. */
export type TerminalOptions = {
  /** @default process.stdin */
  readonly stdin?: Input
  /** @default process.stdout */
  readonly stdout?: Output
  /** @default process.stderr */
  readonly stderr?: Output
  /**
   * Environment of the command: its key, base URL, and how it may print. The
   * library looks up model caches, npm's settings and recorders in the
   * environment of the process.
   * @default process.env
   */
  readonly env?: NodeJS.ProcessEnv
  /**
   * Interrupts the command when it is aborted: as SIGINT does, or as the
   * signal that is the abort's reason.
   * @default the signals that the process receives
   */
  readonly signal?: AbortSignal
}

/** Listens to the signals of this process; the second one ends it. */
const onProcessSignal = (
  interrupt: (signal: InterruptSignal) => void,
): (() => void) => {
  let interrupted = false
  const off = (): void => {
    for (const name of signals) process.off(name, onSignal)
  }
  const onSignal = (signal: NodeJS.Signals): void => {
    if (interrupted) {
      // Without a listener the signal does what it does to any process.
      off()
      process.kill(process.pid, signal)
    }
    interrupted = true
    interrupt(signal as InterruptSignal)
  }
  for (const name of signals) process.on(name, onSignal)
  return off
}

/**
 * Where a command runs: its standard streams, its environment, and what
 * interrupts it. Nothing else of the command line uses those of the process.
 */
export class Terminal {
  readonly #options: TerminalOptions

  constructor(options: TerminalOptions = {}) {
    this.#options = options
  }

  /** Standard input. It is opened only where it is read. */
  get stdin(): Input {
    return this.#options.stdin ?? process.stdin
  }

  get stdout(): Output {
    return this.#options.stdout ?? process.stdout
  }

  get stderr(): Output {
    return this.#options.stderr ?? process.stderr
  }

  get env(): NodeJS.ProcessEnv {
    return this.#options.env ?? process.env
  }

  /**
   * Calls a listener with each signal that is to end the command.
   *
   * @returns what stops that
   */
  onSignal(listener: (signal: InterruptSignal) => void): () => void {
    const { signal } = this.#options
    if (!signal) return onProcessSignal(listener)
    const onAbort = (): void => {
      const named = signals.find(name => name === signal.reason)
      listener(named ?? 'SIGINT')
    }
    if (signal.aborted) queueMicrotask(onAbort)
    else signal.addEventListener('abort', onAbort, { once: true })
    return () => signal.removeEventListener('abort', onAbort)
  }
}
