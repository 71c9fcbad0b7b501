/**
 * Bytes waiting to be parsed. Appending is amortised constant time a byte,
 * so that a parser fed one byte at a time stays linear.
 */
export class ByteBuffer {
  #store = new Uint8Array(8192)
  #start = 0
  #end = 0

  /** Bytes held. */
  get length(): number {
    return this.#end - this.#start
  }

  /** What is held; the view is good until the next call of `append`. */
  get bytes(): Uint8Array {
    return this.#store.subarray(this.#start, this.#end)
  }

  /** Adds a copy of some bytes. */
  append(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#store.length) this.#grow(bytes.length)
    this.#store.set(bytes, this.#end)
    this.#end += bytes.length
  }

  /** Forgets the first `count` bytes, or all where fewer are held. */
  skip(count: number): void {
    this.#start = Math.min(this.#start + count, this.#end)
  }

  /** Forgets the last `count` bytes, or all where fewer are held. */
  trim(count: number): void {
    this.#end = Math.max(this.#end - count, this.#start)
  }

  #grow(room: number): void {
    const needed = this.length + room
    // Moving down is only cheap enough where half of the store is free.
    const store =
      needed * 2 <= this.#store.length
        ? this.#store
        : new Uint8Array(Math.max(this.#store.length, needed) * 2)
    store.set(this.bytes)
    this.#end = this.length
    this.#start = 0
    this.#store = store
  }
}
