import { constants } from 'node:os'
import type { CommandContext } from './command-context.ts'
import type { ExitCode } from './exit-code.ts'
import type { Reporter } from './reporter.ts'
import type { InterruptSignal } from './terminal.ts'

const graceMs = 5000

/**
 * What to do when the user wants out: the first signal ends the source and
 * gives what was decoded some seconds to be transcribed; the terminal ends the
 * process at the second.
 */
export class Interrupt {
  readonly #reporter: Reporter
  readonly #told: () => string
  readonly #off: () => void
  readonly #stop = new AbortController()
  readonly #abort = new AbortController()
  #exitCode: ExitCode | undefined
  #timer: NodeJS.Timeout | undefined

  /** @param told what to say at the first signal */
  constructor(
    { terminal, reporter }: Pick<CommandContext, 'terminal' | 'reporter'>,
    told = (): string => 'stopping: what has been decoded is finished first',
  ) {
    this.#reporter = reporter
    this.#told = told
    this.#off = terminal.onSignal(signal => this.#interrupt(signal))
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
    this.#off()
  }

  #interrupt(signal: InterruptSignal): void {
    this.#exitCode = 128 + constants.signals[signal]
    this.#stop.abort()
    this.#reporter.note(`${this.#told()}; again to stop at once`)
    this.#timer = setTimeout(() => this.#abort.abort(), graceMs)
  }
}
