import { FormatError } from '../core/errors.ts'
import type { StageWarning } from '../core/stage.ts'

/** Node's error for a chunk that no stream can have, in our terms. */
const explained = (error: NodeJS.ErrnoException): Error =>
  error.code === 'ERR_STREAM_NULL_VALUES'
    ? new FormatError(
        'the source gave null in place of bytes; leave such chunks out',
        { cause: error },
      )
    : error

/**
 * What a transcript is made from. Where it fails after some of it, or is told
 * to stop, it ends quietly, so that what came is transcribed.
 */
export abstract class Source<T> {
  /** What it has to tell; whoever tells it takes it away. */
  readonly warnings: StageWarning[] = []
  readonly #stop: AbortSignal | undefined
  #stopped = false
  /** Whether all of it came. */
  complete = true
  /** Why it ended before its end, after some of it. */
  failure: Error | undefined

  /** @param stop ends it when aborted; `open` is called when that is so */
  constructor(stop: AbortSignal | undefined) {
    this.#stop = stop
  }

  /** What there is, in order. Asked for once. */
  async *read(): AsyncGenerator<T> {
    let any = false
    this.#stop?.addEventListener('abort', this.#onStop)
    if (this.#stop?.aborted) this.#onStop()
    try {
      for await (const part of this.parts()) {
        any = true
        yield part
      }
    } catch (error) {
      if (this.#stopped) return
      const failure = explained(error as NodeJS.ErrnoException)
      if (!any) throw failure
      this.complete = false
      this.failure = failure
    } finally {
      this.#stop?.removeEventListener('abort', this.#onStop)
    }
  }

  /** Frees what it holds, and ends it. */
  abstract close(): void

  protected abstract parts(): AsyncIterable<T>

  readonly #onStop = (): void => {
    this.#stopped = true
    this.complete = false
    this.close()
  }
}
