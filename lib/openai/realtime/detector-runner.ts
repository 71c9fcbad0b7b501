import type {
  TurnDetection,
  TurnDetector,
  TurnMark,
} from '../../core/turn-detector.ts'

/** Rate of the Realtime API, in Hz. */
export const REALTIME_SAMPLE_RATE = 24_000

/** Runs a turn detector over a source that may have jumps. */
export class DetectorRunner {
  readonly #detection: TurnDetection
  readonly #onMark: (mark: TurnMark) => void
  #detector: TurnDetector | undefined
  /** Sample of the source that the detector began with. */
  #base = 0
  #settled = 0

  /** @param onMark is given places in the source */
  constructor(detection: TurnDetection, onMark: (mark: TurnMark) => void) {
    this.#detection = detection
    this.#onMark = onMark
  }

  /**
   * As {@link TurnDetector.settled}, in the source, when its marks were last
   * told: while it looks at more, it may be ahead of them.
   */
  get settled(): number {
    return this.#settled
  }

  /** Takes the samples that follow, or the first after a jump. */
  async push(samples: Float32Array, at: number): Promise<void> {
    if (!this.#detector) {
      this.#detector = this.#detection(REALTIME_SAMPLE_RATE)
      this.#base = at
    }
    const detector = this.#detector
    this.#take(await detector.push(samples))
    this.#settled = this.#base + detector.settled
  }

  /** The run of audio ends here, at a sample of the source. */
  async end(at: number): Promise<void> {
    if (this.#detector) this.#take(await this.#detector.end())
    await this.close()
    this.#base = at
    this.#settled = at
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
