import type { TurnDetection, TurnMark } from '../../core/turn-detector.ts'
import { Sender, type SenderOptions } from './turn-sender.ts'
import type { RealtimeSession } from './session.ts'
import { TurnFinder } from './turn-finder.ts'
import type { Step, TurnSource } from './turn-source.ts'

/** What {@link LocalTurns} is made of. */
export type LocalTurnsOptions = Omit<SenderOptions, 'settled'> & {
  readonly detection: TurnDetection
  readonly onMark: (mark: TurnMark) => void
}

/** Turns that are found here: they alone are sent, and silence is not. */
export class LocalTurns implements TurnSource {
  readonly #options: LocalTurnsOptions
  readonly #finder: TurnFinder
  readonly #sender: Sender
  complete = false

  constructor(options: LocalTurnsOptions) {
    this.#options = options
    this.#finder = new TurnFinder(options.detection, options.onMark)
    this.#sender = new Sender({ ...options, settled: () => this.settled })
  }

  get settled(): number {
    return Math.min(this.#finder.settled, this.#options.store.end)
  }

  get unsent(): number {
    const { queue, store } = this.#options
    return queue.open ? store.end - queue.open.sent : 0
  }

  push(samples: Float32Array, at: number): Promise<void> {
    return this.#finder.push(samples, at)
  }

  jump(next: number): Promise<void> {
    return this.#finder.end(next)
  }

  async end(): Promise<void> {
    await this.#finder.end(this.#options.store.end)
    this.complete = true
  }

  step(session: RealtimeSession): Promise<Step> {
    return this.#sender.step(session)
  }

  between(session: RealtimeSession): boolean {
    return this.#sender.between(session)
  }

  interrupt(): void {
    this.#sender.interrupt()
  }

  close(): Promise<void> {
    return this.#finder.close()
  }
}
