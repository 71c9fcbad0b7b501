import type { AudioStore } from './audio-store.ts'
import { SAMPLES_PER_MS } from './final-of.ts'
import { Pacer } from './pacer.ts'
import type { RealtimeSession } from './session.ts'
import type { Turn } from './turn.ts'
import type { TurnQueue } from './turn-queue.ts'
import type { Step } from './turn-source.ts'

/** Most audio of one append: 500 ms. */
const APPEND_SAMPLES = 500 * SAMPLES_PER_MS
/** Least audio that the service takes for a turn: 100 ms. */
const LEAST_SAMPLES = 100 * SAMPLES_PER_MS

/** What a {@link Sender} needs to know. */
export type SenderOptions = {
  readonly store: AudioStore
  readonly queue: TurnQueue
  /** Sample before which audio of the open turn certainly belongs to it. */
  readonly settled: () => number
  /** Closed turns that may be unanswered at once, in samples. */
  readonly maxInFlight: number
  /** ms of audio to send in a ms, at most. */
  readonly maxRate: number
  /** As {@link RealtimeTiming.settleMs}; 0 for models that do not need it. */
  readonly settleMs: number
  /** When the service wants to be sent the next turn, in ms of the clock. */
  readonly pausedUntil: () => number
  /** Whether a turn is committed only when all before it are answered. */
  readonly oneByOne: () => boolean
  readonly onCommitted: (turn: Turn) => void
}

/** Sends turns to a session, one after another, the oldest first. */
export class Sender {
  readonly #options: SenderOptions
  readonly #pacer: Pacer
  /** What the session has of a turn that is not committed. */
  #begun: { turn: Turn; attempt: number; session: RealtimeSession } | undefined
  #sentAt = 0

  constructor(options: SenderOptions) {
    this.#options = options
    this.#pacer = new Pacer(options.maxRate)
  }

  /** Whether a turn is partly with a session. */
  between(session: RealtimeSession): boolean {
    return this.#begun?.session !== session || !this.#isBegun(this.#begun.turn)
  }

  /** A turn that was partly sent has to be sent elsewhere. */
  interrupt(): void {
    const begun = this.#begun
    this.#begun = undefined
    if (!begun || begun.turn.attempt !== begun.attempt) return
    begun.session.release(begun.turn)
    begun.turn.reset()
  }

  /** Sends the next piece of audio, or the commit of a turn. */
  async step(session: RealtimeSession): Promise<Step> {
    const { store, settled } = this.#options
    const turn = this.#next(session)
    if (!turn || this.#isTooMuch(turn)) return 'idle'
    if (!this.#isBegun(turn) && this.#waits(turn, session)) return 'idle'
    const paused = this.#options.pausedUntil() - performance.now()
    const waitMs = Math.max(this.#pacer.wait, paused)
    if (waitMs > 0) return { waitMs }
    const available = turn.to ?? Math.min(settled(), store.end)
    if (turn.sent >= available)
      return turn.to === undefined ? 'idle' : this.#commit(turn, session)
    this.#begin(turn, session)
    const { sent: from, attempt } = turn
    const to = Math.min(available, from + APPEND_SAMPLES)
    const bytes = await store.read(from, to)
    if (session.ended || turn.attempt !== attempt || turn.outcome) return 'done'
    session.append(bytes, turn)
    turn.sent = to
    this.#sentAt = performance.now()
    this.#pacer.count((to - from) / SAMPLES_PER_MS)
    await session.drained
    return 'done'
  }

  /** Whether a turn is with a session that has to be there alone. */
  isAlone(session: RealtimeSession): boolean {
    return session.waiting.some(({ suspect }) => suspect)
  }

  /** Who may have ended a session is sent when no other turn is under way. */
  #waits(turn: Turn, session: RealtimeSession): boolean {
    return session.waiting.some(
      one => one !== turn && (one.suspect || turn.suspect),
    )
  }

  /** Answers what is sent already come first, where that is much. */
  #isTooMuch(turn: Turn): boolean {
    const { queue, maxInFlight } = this.#options
    let samples = 0
    for (const one of queue.unsettled()) {
      if (one === turn) return false
      samples += one.sent - one.from
      if (samples > maxInFlight) return true
    }
    return false
  }

  /** A turn that was begun goes on before an older one is sent again. */
  #next(session: RealtimeSession): Turn | undefined {
    const begun = this.#begun
    const goesOn = begun?.session === session && !begun.turn.outcome
    return goesOn && this.#isBegun(begun.turn)
      ? begun.turn
      : this.#options.queue.next
  }

  #isBegun(turn: Turn): boolean {
    const begun = this.#begun
    return begun?.turn === turn && begun.attempt === turn.attempt
  }

  #begin(turn: Turn, session: RealtimeSession): void {
    const begun = this.#begun
    if (begun?.session === session) {
      if (this.#isBegun(turn)) return
      // Its answer came in between: what was sent again of it is in the way.
      session.clear()
    }
    this.#begun = { turn, attempt: turn.attempt, session }
  }

  #commit(turn: Turn, session: RealtimeSession): Step {
    const left = this.#sentAt + this.#options.settleMs - performance.now()
    if (left > 0) return { waitMs: left }
    if (this.#options.oneByOne() && session.unanswered > 0) return 'idle'
    const missing = LEAST_SAMPLES - (turn.sent - turn.from)
    if (missing > 0) session.append(Buffer.alloc(missing * 2), turn)
    this.#begun = undefined
    turn.committed = true
    session.commit(turn)
    this.#options.onCommitted(turn)
    return 'done'
  }
}
