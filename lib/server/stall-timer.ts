/** Calls once nothing has come for too long. Does not run while it is held. */
export class StallTimer {
  readonly #ms: number
  readonly #onStall: () => void
  #timer: NodeJS.Timeout | undefined

  constructor(ms: number, onStall: () => void) {
    this.#ms = ms
    this.#onStall = onStall
    this.touch()
  }

  /** Something came. */
  touch(): void {
    if (this.#timer) this.#timer.refresh()
    else this.#timer = setTimeout(this.#onStall, this.#ms)
  }

  /** Nothing can come, for nobody reads; {@link touch} goes on. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
