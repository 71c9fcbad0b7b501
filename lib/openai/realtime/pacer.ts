/** How far a burst may run ahead of the rate, in ms. */
const BURST_MS = 250

/** Holds a rate: so much audio in so much time, and no more. */
export class Pacer {
  readonly #rate: number
  #free = 0

  /** @param rate ms of audio in a ms; Infinity for no limit */
  constructor(rate: number) {
    this.#rate = rate
  }

  /** How long to wait before more may be sent, in ms. */
  get wait(): number {
    return Math.max(0, this.#free - performance.now() - BURST_MS)
  }

  /** So much audio was sent, in ms. */
  count(ms: number): void {
    this.#free = Math.max(this.#free, performance.now()) + ms / this.#rate
  }
}
