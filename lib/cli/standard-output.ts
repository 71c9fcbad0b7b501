import type { CommandContext } from './command-context.ts'
import type { Destination } from './destination.ts'
import { outputError } from './output-error.ts'
import { terminalSafe } from './terminal-safe.ts'

/**
 * Standard output, shared by the transcripts of all inputs, one after
 * another; several JSON transcripts become one array.
 */
export class StandardOutput {
  readonly #context: CommandContext
  readonly #array: boolean
  #elements = 0

  /** @param array whether JSON transcripts become one array */
  constructor(context: CommandContext, array = false) {
    this.#context = context
    this.#array = array
  }

  /** A place for one transcript. */
  open(): Destination {
    return {
      write: text => (this.#array ? this.#element(text) : this.write(text)),
      commit: async () => undefined,
      abandon: async () => undefined,
    }
  }

  /** Call after the last transcript. */
  async close(): Promise<void> {
    if (this.#array) await this.write(this.#elements ? '\n]\n' : '[]\n')
  }

  #element(text: string): Promise<void> {
    const before = this.#elements++ ? ',\n' : '[\n'
    return this.write(before + text.trimEnd())
  }

  /** Writes text, without what a terminal would obey where it is one. */
  async write(text: string): Promise<void> {
    const { terminal, reporter } = this.#context
    const { stdout } = terminal
    if (stdout.isTTY) reporter.clearStatus()
    const shown = stdout.isTTY ? terminalSafe(text) : text
    await new Promise<void>((done, fail) => {
      stdout.write(shown, error =>
        error ? fail(outputError('to standard output', error)) : done(),
      )
    })
  }
}
