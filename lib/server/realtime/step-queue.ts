/** Something to do; those that take time hold up those behind them. */
export type Step = () => void | Promise<void>

/** Does one thing after the other, at once where nothing is under way. */
export class StepQueue {
  readonly #steps: Step[] = []
  readonly #onError: (error: unknown) => void
  readonly #onFree: () => void
  #busy = false
  #closed = false

  /** @param onFree called when all is done */
  constructor(onError: (error: unknown) => void, onFree: () => void) {
    this.#onError = onError
    this.#onFree = onFree
  }

  /** Steps that wait. */
  get length(): number {
    return this.#steps.length
  }

  add(step: Step): void {
    if (this.#closed) return
    this.#steps.push(step)
    if (!this.#busy) void this.#run()
  }

  /** Forgets what waits, and takes nothing any more. */
  close(): void {
    this.#closed = true
    this.#steps.length = 0
  }

  async #run(): Promise<void> {
    this.#busy = true
    for (let step = this.#steps.shift(); step; step = this.#steps.shift())
      try {
        const done = step()
        if (done) await done
      } catch (error) {
        this.#onError(error)
      }
    this.#busy = false
    this.#onFree()
  }
}
