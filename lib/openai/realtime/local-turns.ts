import type { TurnDetection, TurnMark } from '../../core/turn-detector.ts'
import { DetectorRunner } from './detector-runner.ts'
import type { RealtimeSession } from './realtime-session.ts'
import {
  TurnSender,
  type TurnSenderOptions,
  type Step,
  type TurnSource,
} from './turn-sender.ts'

/** What {@link LocalTurns} is made of. */
type LocalTurnsOptions = Omit<TurnSenderOptions, 'settled'> & {
  readonly detection: TurnDetection
  readonly onMark: (mark: TurnMark) => void
}

/** Turns that are found here: they alone are sent, and silence is not. */
export class LocalTurns implements TurnSource {
  readonly #options: LocalTurnsOptions
  readonly #detector: DetectorRunner
  readonly #sender: TurnSender
  complete = false

  constructor(options: LocalTurnsOptions) {
    this.#options = options
    this.#detector = new DetectorRunner(options.detection, options.onMark)
    this.#sender = new TurnSender({ ...options, settled: () => this.settled })
  }

  get settled(): number {
    return Math.min(this.#detector.settled, this.#options.store.end)
  }

  get unsent(): number {
    const { queue, store } = this.#options
    return queue.open ? store.end - queue.open.sent : 0
  }

  push(samples: Float32Array, at: number): Promise<void> {
    return this.#detector.push(samples, at)
  }

  jump(next: number): Promise<void> {
    return this.#detector.end(next)
  }

  async end(): Promise<void> {
    await this.#detector.end(this.#options.store.end)
    this.complete = true
  }

  step(session: RealtimeSession): Promise<Step> {
    return this.#sender.step(session)
  }

  isBetweenTurns(session: RealtimeSession): boolean {
    return this.#sender.isBetweenTurns(session)
  }

  interrupt(): void {
    this.#sender.interrupt()
  }

  close(): Promise<void> {
    return this.#detector.close()
  }
}
