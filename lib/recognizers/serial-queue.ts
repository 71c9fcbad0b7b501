/** Runs steps one after another, each once those before it are done. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve()

  /** Where a step fails, so do those after it. */
  run<T>(step: () => T | Promise<T>): Promise<T> {
    const done = this.#last.then(step)
    this.#last = done
    done.catch(() => {}) // whoever asked for it gets it
    return done
  }

  /** Resolves when all steps so far are done. */
  get done(): Promise<unknown> {
    return this.#last
  }
}
