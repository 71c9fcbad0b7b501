/** Samples that have come and are no turn's yet. */
export class SampleQueue {
  #portions: Int16Array[] = []
  #length = 0
  /** Samples that have left it. */
  #start = 0

  get length(): number {
    return this.#length
  }

  /** Place of its first sample in all that came. */
  get start(): number {
    return this.#start
  }

  /** Place behind its last sample in all that came. */
  get end(): number {
    return this.#start + this.#length
  }

  push(samples: Int16Array): void {
    this.#portions.push(samples)
    this.#length += samples.length
  }

  /** All of it, which stays. */
  peek(): Int16Array {
    const all = new Int16Array(this.#length)
    let at = 0
    for (const portion of this.#portions) {
      all.set(portion, at)
      at += portion.length
    }
    this.#portions = [all]
    return all
  }

  /** Takes what lies before a place. */
  takeUntil(place: number): Int16Array {
    const all = this.peek()
    const count = Math.min(Math.max(place - this.#start, 0), all.length)
    const rest = all.slice(count)
    this.#portions = [rest]
    this.#length = rest.length
    this.#start += count
    return all.slice(0, count)
  }
}
