/** Runs steps one after another. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve()

  /** If a step fails, all later ones do. */
  run<T>(step: () => T | Promise<T>): Promise<T> {
    const done = this.#last.then(step)
    this.#last = done
    done.catch(() => {}) // the caller handles it
    return done
  }

  /** Resolves when all steps so far are done. */
  get done(): Promise<unknown> {
    return this.#last
  }
}
