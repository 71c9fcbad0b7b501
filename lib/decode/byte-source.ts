/**
 * A queue of bytes with amortised constant cost per byte, so that a parser fed
 * byte by byte stays linear.
 */
export class ByteBuffer {
  #store = new Uint8Array(8192)
  #start = 0
  #end = 0

  get length(): number {
    return this.#end - this.#start
  }

  /** The content; the view is valid until the next `append`. */
  get bytes(): Uint8Array {
    return this.#store.subarray(this.#start, this.#end)
  }

  append(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#store.length) this.#grow(bytes.length)
    this.#store.set(bytes, this.#end)
    this.#end += bytes.length
  }

  /** Drops up to `count` bytes from the start. */
  skip(count: number): void {
    this.#start = Math.min(this.#start + count, this.#end)
  }

  /** Drops up to `count` bytes from the end. */
  trim(count: number): void {
    this.#end = Math.max(this.#end - count, this.#start)
  }

  #grow(room: number): void {
    const needed = this.length + room
    // Moving is only cheap if half of the store is free.
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
 * Lets a decoder read the bytes written to a stage. A write completes when its
 * last byte has been read, so the writer waits for the decoder.
 */
export class ByteSource {
  readonly #ahead = new ByteBuffer()
  #pending: Uint8Array = new Uint8Array(0)
  #done: Done | undefined
  #state: 'open' | 'ended' | 'closed' = 'open'
  #failure: Error | undefined
  #onBytes: Done | undefined

  /** Adds a write; `done` is called when its bytes have been read. */
  write(bytes: Uint8Array, done: Done): void {
    if (this.#state === 'closed') return done()
    this.#pending = bytes
    this.#done = done
    this.#onBytes?.()
  }

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

  cancel(reason: Error): void {
    this.#failure = reason
    this.#onBytes?.()
  }

  /** Reads at most `max` bytes; returns undefined at the end. */
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

  async skip(count: number): Promise<void> {
    for (let left = count; left > 0;) {
      const bytes = await this.read(Math.min(left, 65_536))
      if (!bytes) return
      left -= bytes.length
    }
  }

  /**
   * Calls `parse` with more and more of the next bytes until it returns a
   * result, or `max` or the end is reached. Consumes nothing.
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
