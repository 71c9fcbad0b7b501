import { constants } from 'node:os'
import type { ExitCode } from './exit-code.ts'
import type { Reporter } from './reporter.ts'

/** The signals that end the command, after what has been decoded. */
export const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const graceMs = 5000

/**
 * What to do when the user wants out: the first signal ends the source and
 * gives what was decoded some seconds to be transcribed, the second ends the
 * process.
 */
export class Interrupt {
  readonly #reporter: Reporter
  readonly #told: () => string
  readonly #stop = new AbortController()
  readonly #abort = new AbortController()
  #exitCode: ExitCode | undefined
  #timer: NodeJS.Timeout | undefined

  /** @param told what to say at the first signal */
  constructor(
    reporter: Reporter,
    told = (): string => 'stopping: what has been decoded is finished first',
  ) {
    this.#reporter = reporter
    this.#told = told
    for (const signal of signals) process.on(signal, this.#onSignal)
  }

  /** Aborted when no more audio is to be read. */
  get stop(): AbortSignal {
    return this.#stop.signal
  }

  /** Aborted when nothing is to be waited for any more. */
  get abort(): AbortSignal {
    return this.#abort.signal
  }

  /** How the process is to end, once there was a signal. */
  get exitCode(): ExitCode | undefined {
    return this.#exitCode
  }

  close(): void {
    clearTimeout(this.#timer)
    for (const signal of signals) process.off(signal, this.#onSignal)
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    const code = 128 + constants.signals[signal]
    if (this.#exitCode !== undefined) {
      // Without a listener the signal does what it does to any process.
      this.close()
      process.kill(process.pid, signal)
    }
    this.#exitCode = code
    this.#stop.abort()
    this.#reporter.note(`${this.#told()}; again to stop at once`)
    this.#timer = setTimeout(() => this.#abort.abort(), graceMs)
  }
}
