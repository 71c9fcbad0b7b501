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

type Done = () => void

/**
 * Lets a decoder read the bytes written to a stage at its own pace. A write is
 * finished when its last byte has been read, so the writer waits for the
 * decoder.
 */
export class ByteSource {
  /** Bytes that were probed and have not been read. */
  readonly #ahead = new ByteBuffer()
  #pending: Uint8Array = new Uint8Array(0)
  #done: Done | undefined
  #state: 'open' | 'ended' | 'closed' = 'open'
  #failure: Error | undefined
  #onBytes: Done | undefined

  /** Takes one write; `done` is called when its bytes have been read. */
  write(bytes: Uint8Array, done: Done): void {
    if (this.#state === 'closed') return done()
    this.#pending = bytes
    this.#done = done
    this.#onBytes?.()
  }

  /** Ends the input. */
  end(): void {
    if (this.#state === 'open') this.#state = 'ended'
    this.#onBytes?.()
  }

  /** Ends reading; further writes are discarded. */
  close(): void {
    this.#state = 'closed'
    this.#pending = this.#pending.subarray(0, 0)
    this.#finishWrite()
    this.#onBytes?.()
  }

  /** Makes reads fail. */
  cancel(reason: Error): void {
    this.#failure = reason
    this.#onBytes?.()
  }

  /** Reads at most `max` bytes; returns undefined at the end of the input. */
  async read(max: number): Promise<Uint8Array | undefined> {
    if (this.#ahead.length > 0) {
      const bytes = new Uint8Array(this.#ahead.bytes.subarray(0, max))
      this.#ahead.skip(max)
      return bytes
    }
    if (!(await this.#waitForBytes())) return undefined
    const bytes = this.#pending.subarray(0, max)
    this.#pending = this.#pending.subarray(bytes.length)
    return bytes
  }

  /** Skips `count` bytes, or all if there are fewer. */
  async skip(count: number): Promise<void> {
    for (let left = count; left > 0;) {
      const bytes = await this.read(Math.min(left, 65_536))
      if (!bytes) return
      left -= bytes.length
    }
  }

  /**
   * Calls `parse` with the next bytes, more of them each time, until it returns
   * a result. The bytes are not consumed.
   *
   * @param max maximum number of bytes; there may be no result even then
   */
  async probe<T>(
    parse: (head: Uint8Array, ended: boolean) => T | undefined,
    max: number,
  ): Promise<T | undefined> {
    for (let size = Math.min(64, max); ; size = Math.min(size * 4, max)) {
      const ended = !(await this.#fill(size))
      const head = this.#ahead.bytes.subarray(0, size)
      const answer = parse(head, ended)
      if (answer !== undefined || ended || size === max) return answer
    }
  }

  /** Buffers more than `size` bytes; returns false if the input has no more. */
  async #fill(size: number): Promise<boolean> {
    while (this.#ahead.length <= size) {
      if (!(await this.#waitForBytes())) return false
      this.#ahead.append(this.#pending)
      this.#pending = this.#pending.subarray(this.#pending.length)
    }
    return true
  }

  /** Waits for bytes; returns false at the end of the input. */
  async #waitForBytes(): Promise<boolean> {
    for (;;) {
      if (this.#failure) throw this.#failure
      if (this.#pending.length > 0) return true
      if (this.#done) {
        this.#finishWrite() // may bring the next write, be it an empty one
        continue
      }
      if (this.#state !== 'open') return false
      await new Promise<void>(wake => (this.#onBytes = wake))
      this.#onBytes = undefined
    }
  }

  #finishWrite(): void {
    const done = this.#done
    this.#done = undefined
    done?.()
  }
}
