import { constants } from 'node:os'
import type { CommandContext, Reporter } from './reporter.ts'
import type { ExitCode } from './cli-error.ts'
import type { InterruptSignal } from './terminal.ts'

const graceMs = 5000

/**
 * Handles signals. The first one stops the source and leaves some seconds to
 * transcribe decoded audio; at the second, the terminal ends the process.
 */
export class Interrupt {
  readonly #reporter: Reporter
  readonly #message: () => string
  readonly #off: () => void
  readonly #stop = new AbortController()
  readonly #abort = new AbortController()
  /** Aborted when no more audio should be read. */
  readonly stop: AbortSignal = this.#stop.signal
  /** Aborted when all work should stop. */
  readonly abort: AbortSignal = this.#abort.signal
  #exitCode: ExitCode | undefined
  #timer: NodeJS.Timeout | undefined

  /** @param message reported at the first signal */
  constructor(
    { terminal, reporter }: Pick<CommandContext, 'terminal' | 'reporter'>,
    message = (): string =>
      'stopping: finishing the audio that is already decoded',
  ) {
    this.#reporter = reporter
    this.#message = message
    this.#off = terminal.onSignal(signal => this.#interrupt(signal))
  }

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
    this.#reporter.note(
      `${this.#message()}; interrupt again to stop immediately`,
    )
    this.#timer = setTimeout(() => this.#abort.abort(), graceMs)
  }
}
