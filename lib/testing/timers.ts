/** Delays that can all be called off; one of 0 ms does not wait at all. */
export class Timers {
  readonly #running = new Set<NodeJS.Timeout>()
  #closed = false

  /** Calls `then` so many ms from now, unless it is closed by then. */
  after(ms: number, then: () => void): void {
    if (this.#closed) return
    if (ms <= 0) return then()
    // Node's longest delay; a longer one would be over at once.
    const timer = setTimeout(
      () => {
        this.#running.delete(timer)
        then()
      },
      Math.min(ms, 2 ** 31 - 1),
    )
    this.#running.add(timer)
  }

  /** Calls `each` every so many ms. */
  every(ms: number, each: () => void): void {
    this.after(ms, () => {
      each()
      this.every(ms, each)
    })
  }

  /** Calls off what is still to come. */
  close(): void {
    this.#closed = true
    for (const timer of this.#running) clearTimeout(timer)
    this.#running.clear()
  }
}
