import type {
  TurnDetection,
  TurnDetector,
  TurnMark,
} from '../../core/turn-detector.ts'
import { REALTIME_SAMPLE_RATE } from './session-settings.ts'
import {
  TurnSender,
  type TurnSenderOptions,
  type TurnSource,
} from './turn-sender.ts'

/** Runs a turn detector over a source that may have jumps. */
export class DetectorRunner {
  readonly #detection: TurnDetection
  readonly #onMark: (mark: TurnMark) => void
  #detector: TurnDetector | undefined
  /** Sample of the source at which the detector started. */
  #base = 0
  /**
   * As {@link TurnDetector.settled}, in the source. Updated only after the
   * marks are reported: the detector itself may be ahead of them.
   */
  settled = 0

  constructor(detection: TurnDetection, onMark: (mark: TurnMark) => void) {
    this.#detection = detection
    this.#onMark = onMark
  }

  async push(samples: Float32Array, at: number): Promise<void> {
    if (!this.#detector) {
      this.#detector = this.#detection(REALTIME_SAMPLE_RATE)
      this.#base = at
    }
    const detector = this.#detector
    this.#take(await detector.push(samples))
    this.settled = this.#base + detector.settled
  }

  /** Ends a run of audio; the next one begins at a sample of the source. */
  async end(at: number): Promise<void> {
    if (this.#detector) this.#take(await this.#detector.end())
    await this.close()
    this.#base = at
    this.settled = at
  }

  async close(): Promise<void> {
    const detector = this.#detector
    this.#detector = undefined
    await detector?.close?.()
  }

  #take(marks: readonly TurnMark[]): void {
    const base = this.#base
    for (const mark of marks)
      this.#onMark(
        mark.type === 'open'
          ? { ...mark, from: base + mark.from, start: base + mark.start }
          : { ...mark, end: base + mark.end, to: base + mark.to },
      )
  }
}

type LocalTurnsOptions = TurnSenderOptions & {
  readonly detection: TurnDetection
  readonly onMark: (mark: TurnMark) => void
}

/** Sends only the turns that a local detector finds. */
export class LocalTurns extends TurnSender implements TurnSource {
  readonly #options: LocalTurnsOptions
  readonly #detector: DetectorRunner
  complete = false

  constructor(options: LocalTurnsOptions) {
    super(options)
    this.#options = options
    this.#detector = new DetectorRunner(options.detection, options.onMark)
  }

  override get settled(): number {
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

  close(): Promise<void> {
    return this.#detector.close()
  }
}
