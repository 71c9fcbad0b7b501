import type { FinalEvent, GapEvent } from '../../core/transcript-event.ts'
import { ShownText } from '../accumulate.ts'

/** How a turn came out. */
export type Outcome = FinalEvent | GapEvent

/**
 * One turn on its way through the service; places are samples of the source
 * at 24 kHz.
 */
export class Turn {
  readonly id: string
  /** First sample to send. */
  from: number
  /** Where speech begins. */
  start: number
  /**
   * First sample that may belong to the turn. It is before {@link from} while
   * the server may have found another turn in between, of which no event came.
   */
  earliest: number
  /** Sample after the last to send; none while it is open. */
  to: number | undefined
  /** Where speech ends. */
  end: number | undefined
  /** When it was closed, in ms of the clock. */
  closedAt = 0
  /** Sample after the last that its session got. */
  sent: number
  /** Whether its session was told that it is whole. */
  committed = false
  /** How often it was begun anew. */
  attempt = 0
  /** First attempt whose answer is about all of the turn's audio. */
  validFrom = 0
  /** How often it was committed and got no final. */
  failures = 0
  /** How often a session ended in which it was the only turn. */
  losses = 0
  /** How often the network ended such a session. */
  networkLosses = 0
  /** Finals that had come when that happened first. */
  finalsBefore = 0
  /** Whether it may have ended a session, so that it is sent alone. */
  suspect = false
  /** How often the service had too much to do for it. */
  limits = 0
  /** When that was first, in ms of the clock. */
  limitedSince: number | undefined
  /** When it may be sent again, in ms of the clock. */
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

  /** How often it went wrong. */
  get failureCount(): number {
    return this.losses + this.networkLosses + this.failures
  }

  /** It is over: its speech ends here, and its audio there. */
  close(end: number, to: number): void {
    this.end = end
    this.to = to
    this.closedAt = performance.now()
  }

  /** All of it has to be sent again. */
  reset(): void {
    this.attempt++
    // Until it is closed, each session may find another end.
    if (this.to === undefined) this.validFrom = this.attempt
    this.sent = this.from
    this.committed = false
    this.shown.restart()
  }

  /**
   * The server did not say exactly what it transcribed: all audio that may
   * belong to the turn is sent again, and no earlier answer counts.
   */
  widen(): void {
    this.start = Math.min(this.start, this.earliest)
    this.from = this.earliest
    this.reset()
    this.validFrom = this.attempt
  }
}

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
