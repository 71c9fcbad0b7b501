import { MAX_DELAY_MS } from '../server/stall-timer.ts'

/** Timers that can all be cancelled together; one of 0 ms fires immediately. */
export class Timers {
  readonly #running = new Set<NodeJS.Timeout>()
  #closed = false

  /** Calls `then` so many ms from now, unless it is closed by then. */
  after(ms: number, then: () => void): void {
    if (this.#closed) return
    if (ms <= 0) return then()
    const timer = setTimeout(
      () => {
        this.#running.delete(timer)
        then()
      },
      Math.min(ms, MAX_DELAY_MS),
    )
    this.#running.add(timer)
  }

  /** Calls `each` with every item, `ms` apart, and `done` after the last. */
  spaced<T>(
    items: readonly T[],
    ms: number,
    each: (item: T) => void,
    done: () => void,
  ): void {
    const from = (first: number): void => {
      for (let i = first; i < items.length; i++) {
        each(items[i]!)
        if (ms > 0) return this.after(ms, () => from(i + 1))
      }
      done()
    }
    from(0)
  }

  /** Cancels all timers. */
  close(): void {
    this.#closed = true
    for (const timer of this.#running) clearTimeout(timer)
    this.#running.clear()
  }
}
