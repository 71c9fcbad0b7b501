/**
 * The wait for what is outstanding at the end of a source. Each time that
 * nothing has happened for a while, it asks for one more try; if nothing
 * happens after that either, the wait is over.
 */
export class Drain {
  readonly #ms: number
  readonly #onceMore: () => void
  readonly #onOver: () => void
  #timer: NodeJS.Timeout | undefined
  #isLast = false

  /**
   * @param ms how long nothing may happen
   * @param onceMore asks for one more try
   * @param onOver gives up what is outstanding
   */
  constructor(ms: number, onceMore: () => void, onOver: () => void) {
    this.#ms = ms
    this.#onceMore = onceMore
    this.#onOver = onOver
  }

  /** The source has ended. */
  start(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      if (this.#isLast) return this.#onOver()
      this.#isLast = true
      this.#onceMore()
      this.start()
    }, this.#ms)
  }

  /** A turn is tried again. */
  wait(): void {
    if (this.#timer) this.start()
  }

  /** A turn has its outcome. */
  progress(): void {
    this.#isLast = false
    this.wait()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
