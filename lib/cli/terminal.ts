import type { Readable, Writable } from 'node:stream'

// C0 except tab and line feed, DEL, C1, and bidirectional marks, embeddings,
// overrides and isolates. They can move a cursor, change a terminal's state, or
// make a line read as something else.
const unsafe =
  /(?![\t\n])\p{Cc}|[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu

/** Removes characters that a terminal would obey. */
export const stripControls = (text: string): string => text.replace(unsafe, '')

/** The same on one line, for file names and messages. */
export const oneLine = (text: string): string =>
  stripControls(text.replace(/\s+/g, ' '))

/** Signals that end the command once decoded audio is transcribed. */
export const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export type InterruptSignal = (typeof signals)[number]

type Input = Readable & { readonly isTTY?: boolean }

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
   * Environment of the command: key, base URL, and how to print. The library
   * looks up model caches, npm's settings and recorders in the environment of
   * the process.
   * @default process.env
   */
  readonly env?: NodeJS.ProcessEnv
  /**
   * Interrupts the command when aborted: like SIGINT, or like the signal that
   * is the abort's reason.
   * @default the signals of the process
   */
  readonly signal?: AbortSignal
}

/** Listens to the signals of this process. The second one ends it. */
const onProcessSignal = (
  interrupt: (signal: InterruptSignal) => void,
): (() => void) => {
  let interrupted = false
  const off = (): void => {
    for (const name of signals) process.off(name, onSignal)
  }
  const onSignal = (signal: NodeJS.Signals): void => {
    if (interrupted) {
      // Without a listener the signal has its usual effect.
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
 * Standard streams, environment and interrupts of a command. Only this class
 * uses those of the process.
 */
export class Terminal {
  readonly #options: TerminalOptions

  constructor(options: TerminalOptions = {}) {
    this.#options = options
  }

  /** Opened when it is first used. */
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
   * Calls a listener with each signal that ends the command.
   * @returns removes the listener
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
