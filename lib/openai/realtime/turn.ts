import type { FinalEvent, GapEvent } from '../../core/transcript-event.ts'
import { ShownText } from '../shown-text.ts'

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
