import type { GapEvent } from '../../core/transcript-event.ts'
import { Turn, type Outcome } from './turn.ts'

/**
 * What became of all audio, by its place in the source. Turns are opened and
 * closed in order, come out in any, and their outcomes leave in order. A turn
 * has one outcome; what comes for it later is nobody's.
 */
export class TurnQueue {
  readonly #onOutcome: (outcome: Outcome) => void
  /** Turns and gaps that have not left, in order. */
  #entries: (Turn | GapEvent)[] = []
  #opened = 0

  constructor(onOutcome: (outcome: Outcome) => void) {
    this.#onOutcome = onOutcome
  }

  /** The turn that is open. */
  get open(): Turn | undefined {
    const last = this.#entries.at(-1)
    return last instanceof Turn && last.to === undefined ? last : undefined
  }

  /** Whether everything that was opened has left. */
  get isEmpty(): boolean {
    return this.#entries.length === 0
  }

  /** Turns without an outcome, in order. */
  unsettled(): Turn[] {
    return this.#entries.filter(
      (entry): entry is Turn => entry instanceof Turn && !entry.outcome,
    )
  }

  /**
   * The turn of which something is to be sent: of those that are closed and
   * may be sent now the first, those that went wrong last; then the open one.
   */
  get next(): Turn | undefined {
    const now = performance.now()
    const waiting = this.unsettled().filter(({ committed }) => !committed)
    const [next] = waiting
      .filter(({ to, notBefore }) => to !== undefined && notBefore <= now)
      .toSorted((a, b) => a.failureCount - b.failureCount)
    return next ?? waiting.find(({ to }) => to === undefined)
  }

  /** When the first turn may be sent that has to wait, in ms of the clock. */
  get resumesAt(): number {
    const now = performance.now()
    const times = this.unsettled()
      .filter(({ committed, notBefore }) => !committed && notBefore > now)
      .map(({ notBefore }) => notBefore)
    return Math.min(...times)
  }

  /** Sample from which on audio may be needed; none where no turn waits. */
  get firstNeeded(): number | undefined {
    return this.unsettled()[0]?.earliest
  }

  /** Samples of closed turns that have no outcome. */
  get unansweredSamples(): number {
    let samples = 0
    for (const { from, to } of this.unsettled())
      if (to !== undefined) samples += to - from
    return samples
  }

  /** @returns the turn that begins here */
  begin(from: number, start: number): Turn {
    const turn = new Turn(`turn-${++this.#opened}`, from, start)
    this.#entries.push(turn)
    return turn
  }

  /** Notes a range of the source that has no audio. */
  skip(gap: GapEvent): void {
    this.#entries.push(gap)
    this.#emitSettled()
  }

  /** Says what became of a turn; false where that was known already. */
  settle(turn: Turn, outcome: Outcome): boolean {
    if (turn.outcome) return false
    turn.outcome = outcome
    this.#emitSettled()
    return true
  }

  /** Lets those at the head go whose outcome is known. */
  #emitSettled(): void {
    let count = 0
    for (const entry of this.#entries) {
      const outcome = entry instanceof Turn ? entry.outcome : entry
      if (!outcome) break
      count++
      this.#onOutcome(outcome)
    }
    this.#entries.splice(0, count)
  }
}
