import type {
  CommitHandlers,
  SpeechSession,
} from '../../recognizers/speech-session.ts'
import { SampleBuffer } from '../../recognizers/sample-buffer.ts'

/** Most audio that is kept, in samples: a minute. */
const MAX_SAMPLES = 960_000

/**
 * Keeps what was not committed, the last minute of it, while there is nobody
 * to recognise it: a model may come before the commit.
 */
export class HeldAudio implements SpeechSession {
  #buffer = new SampleBuffer()
  #start = 0

  prepare(): void {}

  async push(samples: Float32Array): Promise<void> {
    this.#buffer.append(samples)
    this.#start = Math.max(this.#start, this.#buffer.end - MAX_SAMPLES)
    this.#buffer.dropBefore(this.#start)
  }

  async process(): Promise<void> {}

  async commit({ before, after }: CommitHandlers = {}): Promise<void> {
    before?.()
    after?.(undefined)
    await this.clear()
  }

  async clear(): Promise<void> {
    this.#buffer = new SampleBuffer()
    this.#start = 0
  }

  async drainUncommitted(): Promise<Float32Array<ArrayBuffer>> {
    const rest = this.#buffer.slice(this.#start, this.#buffer.end)
    await this.clear()
    return rest
  }

  async end(): Promise<void> {}

  readonly settled = Infinity
}
