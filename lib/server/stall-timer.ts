/** Longest delay of Node's timers, in ms: a longer one would fire at once. */
export const MAX_DELAY_MS: number = 2 ** 31 - 1

/** Calls back when no data has arrived for too long; does not run while stopped. */
export class StallTimer {
  readonly #ms: number
  readonly #onStall: () => void
  #timer: NodeJS.Timeout | undefined

  constructor(ms: number, onStall: () => void) {
    this.#ms = Math.min(ms, MAX_DELAY_MS)
    this.#onStall = onStall
    this.touch()
  }

  /** Data has arrived; starts the timer again. */
  touch(): void {
    if (this.#timer) this.#timer.refresh()
    else this.#timer = setTimeout(this.#onStall, this.#ms)
  }

  /** Stops the timer until {@link touch}. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
