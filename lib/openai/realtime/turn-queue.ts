import type { FinalEvent, GapEvent } from '../../core/transcript-event.ts'
import { ShownText } from '../accumulate.ts'

export type Outcome = FinalEvent | GapEvent

/** State of a turn. Places are samples of the source; times are ms. */
export class Turn {
  readonly id: string
  from: number
  start: number
  /**
   * First sample that may belong to the turn: before {@link from} if the server
   * may have found another turn in between whose events were lost.
   */
  earliest: number
  /** Sample after the last to send; undefined while it is open. */
  to: number | undefined
  end: number | undefined
  closedAt = 0
  /** Sample after the last one sent in this attempt. */
  sent: number
  committed = false
  attempt = 0
  /** First attempt whose answer covers all of the turn's audio. */
  validFrom = 0
  /** How often it got no final after its commit. */
  failures = 0
  /** How often a session ended in which it was the only turn. */
  losses = 0
  /** How often the network ended such a session. */
  networkLosses = 0
  /** Number of finals when `losses` became 1. */
  finalsBefore = 0
  /** Whether it may have ended a session, and so is sent alone. */
  suspect = false
  /** How often it was rejected because of rate limits. */
  limits = 0
  /** When that happened first. */
  limitedSince: number | undefined
  /** Earliest time to send it again. */
  notBefore = 0
  readonly shown = new ShownText()
  outcome: Outcome | undefined

  constructor(id: string, from: number, start: number) {
    this.id = id
    this.from = from
    this.start = start
    this.earliest = from
    this.sent = from
  }

  get failureCount(): number {
    return this.losses + this.networkLosses + this.failures
  }

  close(end: number, to: number): void {
    this.end = end
    this.to = to
    this.closedAt = performance.now()
  }

  /** Starts over: the whole turn has to be sent again. */
  reset(): void {
    this.attempt++
    // While it is open, each session may find another end.
    if (this.to === undefined) this.validFrom = this.attempt
    this.sent = this.from
    this.committed = false
    this.shown.restart()
  }

  /**
   * Starts over with all audio that may belong to the turn, because it is
   * unclear what the server transcribed. No earlier answer counts.
   */
  widen(): void {
    this.start = Math.min(this.start, this.earliest)
    this.from = this.earliest
    this.reset()
    this.validFrom = this.attempt
  }
}

/**
 * Holds the turns and gaps of a source. Turns are answered in any order;
 * outcomes are emitted in the order of the source. Each turn has one outcome;
 * later ones are ignored.
 */
export class TurnQueue {
  readonly #onOutcome: (outcome: Outcome) => void
  /** Turns and gaps that have not been emitted, in order. */
  #entries: (Turn | GapEvent)[] = []
  #opened = 0

  constructor(onOutcome: (outcome: Outcome) => void) {
    this.#onOutcome = onOutcome
  }

  get open(): Turn | undefined {
    const last = this.#entries.at(-1)
    return last instanceof Turn && last.to === undefined ? last : undefined
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0
  }

  unsettled(): Turn[] {
    return this.#entries.filter(
      (entry): entry is Turn => entry instanceof Turn && !entry.outcome,
    )
  }

  /**
   * The turn to send next: the first closed turn that may be sent now, those
   * with the fewest failures first; else the open one.
   */
  get next(): Turn | undefined {
    const now = performance.now()
    const waiting = this.unsettled().filter(({ committed }) => !committed)
    const [next] = waiting
      .filter(({ to, notBefore }) => to !== undefined && notBefore <= now)
      .toSorted((a, b) => a.failureCount - b.failureCount)
    return next ?? waiting.find(({ to }) => to === undefined)
  }

  /**
   * When the first delayed turn may be sent, in ms of the clock; Infinity if
   * there is none.
   */
  get resumesAt(): number {
    const now = performance.now()
    const times = this.unsettled()
      .filter(({ committed, notBefore }) => !committed && notBefore > now)
      .map(({ notBefore }) => notBefore)
    return Math.min(...times)
  }

  /** First sample that may have to be sent; undefined without turns. */
  get firstNeeded(): number | undefined {
    return this.unsettled()[0]?.earliest
  }

  get unansweredSamples(): number {
    let samples = 0
    for (const { from, to } of this.unsettled())
      if (to !== undefined) samples += to - from
    return samples
  }

  begin(from: number, start: number): Turn {
    const turn = new Turn(`turn-${++this.#opened}`, from, start)
    this.#entries.push(turn)
    return turn
  }

  skip(gap: GapEvent): void {
    this.#entries.push(gap)
    this.#emitSettled()
  }

  /** Sets the outcome of a turn; returns false if it has one already. */
  settle(turn: Turn, outcome: Outcome): boolean {
    if (turn.outcome) return false
    turn.outcome = outcome
    this.#emitSettled()
    return true
  }

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
