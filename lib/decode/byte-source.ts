import { ByteBuffer } from './byte-buffer.ts'

type Done = () => void

/**
 * Hands the bytes written to a stage over to the code that decodes them, at
 * its own pace. A write is done when the last of its bytes has been used, so
 * that the writer waits for the decoder.
 */
export class ByteSource {
  /** Bytes looked at in advance and not taken yet. */
  readonly #ahead = new ByteBuffer()
  #pending: Uint8Array = new Uint8Array(0)
  #done: Done | undefined
  #state: 'open' | 'ended' | 'closed' = 'open'
  #failure: Error | undefined
  #wake: Done | undefined

  /** Takes one write; `done` is called when its bytes are used up. */
  give(bytes: Uint8Array, done: Done): void {
    if (this.#state === 'closed') return done()
    this.#pending = bytes
    this.#done = done
    this.#wake?.()
  }

  /** No more bytes will come. */
  end(): void {
    if (this.#state === 'open') this.#state = 'ended'
    this.#wake?.()
  }

  /** No more bytes are wanted: what comes is swallowed. */
  close(): void {
    this.#state = 'closed'
    this.#pending = this.#pending.subarray(0, 0)
    this.#finish()
    this.#wake?.()
  }

  /** Lets whoever waits for bytes fail. */
  cancel(reason: Error): void {
    this.#failure = reason
    this.#wake?.()
  }

  /** At most `max` of the next bytes; undefined at the end of the input. */
  async next(max: number): Promise<Uint8Array | undefined> {
    if (this.#ahead.length > 0) {
      const bytes = new Uint8Array(this.#ahead.bytes.subarray(0, max))
      this.#ahead.skip(max)
      return bytes
    }
    if (!(await this.#more())) return undefined
    const bytes = this.#pending.subarray(0, max)
    this.#pending = this.#pending.subarray(bytes.length)
    return bytes
  }

  /** Passes over `count` bytes, or all where fewer come. */
  async skip(count: number): Promise<void> {
    for (let left = count; left > 0;) {
      const bytes = await this.next(Math.min(left, 65_536))
      if (!bytes) return
      left -= bytes.length
    }
  }

  /**
   * Looks ahead until `parse` has an answer, and takes nothing. It is asked
   * with more bytes each time, the same however they were written.
   *
   * @param max the most it is asked with; it may not answer even then
   */
  async probe<T>(
    parse: (head: Uint8Array, ended: boolean) => T | undefined,
    max: number,
  ): Promise<T | undefined> {
    for (let size = Math.min(64, max); ; size = Math.min(size * 4, max)) {
      const ended = !(await this.#look(size))
      const head = this.#ahead.bytes.subarray(0, size)
      const answer = parse(head, ended)
      if (answer !== undefined || ended || size === max) return answer
    }
  }

  /** Holds `size` bytes ahead; false where the input has no more than those. */
  async #look(size: number): Promise<boolean> {
    while (this.#ahead.length <= size) {
      if (!(await this.#more())) return false
      this.#ahead.append(this.#pending)
      this.#pending = this.#pending.subarray(this.#pending.length)
    }
    return true
  }

  /** Waits for bytes; false at the end of the input. */
  async #more(): Promise<boolean> {
    for (;;) {
      if (this.#failure) throw this.#failure
      if (this.#pending.length > 0) return true
      if (this.#done) {
        this.#finish() // may bring the next write, be it an empty one
        continue
      }
      if (this.#state !== 'open') return false
      await new Promise<void>(wake => (this.#wake = wake))
      this.#wake = undefined
    }
  }

  #finish(): void {
    const done = this.#done
    this.#done = undefined
    done?.()
  }
}
