/**
 * Samples of a stream by their absolute index: appended at the end, dropped
 * at the start once nobody needs them.
 */
export class SampleBuffer {
  #data = new Float32Array(1 << 14)
  #start = 0
  #end = 0

  /** Index after the last sample. */
  get end(): number {
    return this.#end
  }

  /** Adds a copy of some samples at the end. */
  append(samples: Float32Array): void {
    const length = this.#end - this.#start
    if (length + samples.length > this.#data.length) {
      const data = new Float32Array(
        Math.max(2 * this.#data.length, length + samples.length),
      )
      data.set(this.#data.subarray(0, length))
      this.#data = data
    }
    this.#data.set(samples, length)
    this.#end += samples.length
  }

  /** A copy of the samples from index `from` to before `to`. */
  slice(from: number, to: number): Float32Array<ArrayBuffer> {
    return this.#data.slice(
      Math.max(0, from - this.#start),
      Math.max(0, Math.min(to, this.#end) - this.#start),
    )
  }

  /** Forgets the samples before an index. */
  dropBefore(index: number): void {
    const drop = Math.min(index, this.#end) - this.#start
    if (drop <= 0) return
    this.#data.copyWithin(0, drop, this.#end - this.#start)
    this.#start += drop
  }
}
