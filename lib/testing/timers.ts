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

  /** Cancels all timers. */
  close(): void {
    this.#closed = true
    for (const timer of this.#running) clearTimeout(timer)
    this.#running.clear()
  }
}
