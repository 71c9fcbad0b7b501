import type { CaptionInput } from '../open-writer.ts'

/** How long after its start a turn is waited for at most, in ms. */
export const patienceMs = 20_000

/**
 * Where a live source is, and up to where its captions have all come. What is
 * heard tells the source's time, and the clock goes on from there; so a late
 * start, a stall or a sound card that runs slow moves it once, and not for ever.
 * Times of the source are in ms, `now` is the clock's.
 */
export class LiveTime {
  readonly #delayMs: number
  readonly #rollsUp: boolean
  /** What the source's time is ahead of the clock's. */
  #ahead = Number.NaN
  /** Starts of the turns whose captions are still to come. */
  readonly #turns = new Map<string, number>()

  /**
   * @param delayMs how long captions are behind the source
   * @param rollsUp whether they are made of deltas, where there are any
   */
  constructor(delayMs: number, rollsUp: boolean) {
    this.#delayMs = delayMs
    this.#rollsUp = rollsUp
  }

  /** Takes what has come. */
  hear(input: CaptionInput, now: number): void {
    if (Number.isNaN(this.#ahead)) this.#ahead = -now
    if ('lines' in input) return
    if ('at' in input && input.at !== undefined) this.#ahead = input.at - now
    if (input.type === 'speech-start') this.#turns.set(input.turn, input.at)
    if (input.type === 'final' || (this.#rollsUp && input.type === 'delta'))
      this.#turns.delete(input.turn)
  }

  /** Up to which time no caption is expected any more. */
  quietUntil(now: number): number {
    const at = this.#ahead + now
    for (const [turn, start] of this.#turns)
      if (at >= start + patienceMs) this.#turns.delete(turn)
    return Math.min(at - this.#delayMs, ...this.#turns.values())
  }

  /** How long it takes until {@link quietUntil} is at a time, in silence. */
  waitFor(time: number, now: number): number {
    const at = this.#ahead + now
    const before = [...this.#turns.values()].filter(start => start < time)
    const ready = before.map(start => start + patienceMs)
    return Math.max(time + this.#delayMs, ...ready) - at
  }
}
