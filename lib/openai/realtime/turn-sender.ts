import type { AudioStore } from './audio-store.ts'
import { SAMPLES_PER_MS } from './event-writer.ts'
import type { RealtimeSession } from './realtime-session.ts'
import type { TurnQueue, Turn } from './turn-queue.ts'

/** Whether something was sent, or how long to wait before more can be. */
export type Step = 'done' | 'idle' | { readonly waitMs: number }

/**
 * Who finds the turns of a source, and sends its audio: turns that were found
 * here, or all of it to a server that finds them.
 */
export type TurnSource = {
  /** Takes the samples that follow, once they are in the store. */
  push(samples: Float32Array, at: number): Promise<void>
  /** The run of audio ends here; the next begins at `next`. */
  jump(next: number): Promise<void>
  /** The source is over. */
  end(): Promise<void>
  /** Whether all turns are known, and no more will come. */
  readonly complete: boolean
  /** Sample before which no turn will begin that is not known. */
  readonly settled: number
  /** Samples that have come and were not sent, as far as they have to be. */
  readonly unsent: number
  /** Sends the next piece. */
  step(session: RealtimeSession): Promise<Step>
  /** Whether another session could go on here, with nothing sent twice. */
  isBetweenTurns(session: RealtimeSession): boolean
  /** Another session goes on. */
  interrupt(): void
  /** Frees what it holds. */
  close(): Promise<void>
}

/** How far a burst may run ahead of the rate, in ms. */
const BURST_MS = 250

/** Holds a rate: so much audio in so much time, and no more. */
export class Pacer {
  readonly #rate: number
  #free = 0

  /** @param rate ms of audio in a ms; Infinity for no limit */
  constructor(rate: number) {
    this.#rate = rate
  }

  /** How long to wait before more may be sent, in ms. */
  get wait(): number {
    return Math.max(0, this.#free - performance.now() - BURST_MS)
  }

  /** So much audio was sent, in ms. */
  count(ms: number): void {
    this.#free = Math.max(this.#free, performance.now()) + ms / this.#rate
  }
}

/** Most audio of one append: 500 ms. */
const APPEND_SAMPLES = 500 * SAMPLES_PER_MS
/** Least audio that the service takes for a turn: 100 ms. */
const LEAST_SAMPLES = 100 * SAMPLES_PER_MS

/** What a {@link TurnSender} needs to know. */
export type TurnSenderOptions = {
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
  readonly isOneByOne: () => boolean
  readonly onCommitted: (turn: Turn) => void
}

/** Sends turns to a session, one after another, the oldest first. */
export class TurnSender {
  readonly #options: TurnSenderOptions
  readonly #pacer: Pacer
  /** What the session has of a turn that is not committed. */
  #begun: { turn: Turn; attempt: number; session: RealtimeSession } | undefined
  #sentAt = 0

  constructor(options: TurnSenderOptions) {
    this.#options = options
    this.#pacer = new Pacer(options.maxRate)
  }

  /** Whether a turn is partly with a session. */
  isBetweenTurns(session: RealtimeSession): boolean {
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
    if (!turn || this.#hasTooMuchInFlight(turn)) return 'idle'
    if (!this.#isBegun(turn) && this.#mustWait(turn, session)) return 'idle'
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
  #mustWait(turn: Turn, session: RealtimeSession): boolean {
    return session.waiting.some(
      one => one !== turn && (one.suspect || turn.suspect),
    )
  }

  /** Answers what is sent already come first, where that is much. */
  #hasTooMuchInFlight(turn: Turn): boolean {
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
    if (this.#options.isOneByOne() && session.unanswered > 0) return 'idle'
    const missing = LEAST_SAMPLES - (turn.sent - turn.from)
    if (missing > 0) session.append(Buffer.alloc(missing * 2), turn)
    this.#begun = undefined
    turn.committed = true
    session.commit(turn)
    this.#options.onCommitted(turn)
    return 'done'
  }
}

/** Takes one step after another, one at a time, while there is any to take. */
export class StepLoop {
  readonly #step: () => Promise<Step>
  readonly #onError: (error: Error) => void
  #running = false
  #again = false
  #over = false
  #timer: NodeJS.Timeout | undefined

  /** @param step takes the next step and says when to take another */
  constructor(step: () => Promise<Step>, onError: (error: Error) => void) {
    this.#step = step
    this.#onError = onError
  }

  /** There may be something to do. */
  run(): void {
    this.#again = true
    if (this.#running || this.#over) return
    this.#running = true
    clearTimeout(this.#timer)
    this.#runAll().catch(this.#onError)
  }

  stop(): void {
    this.#over = true
    clearTimeout(this.#timer)
  }

  async #runAll(): Promise<void> {
    while (this.#again && !this.#over) {
      this.#again = false
      const step = await this.#step()
      if (step === 'done') this.#again = true
      else if (step !== 'idle' && !this.#over) {
        clearTimeout(this.#timer)
        this.#timer = setTimeout(() => this.run(), step.waitMs)
      }
    }
    // Not a moment later: who asks in between would be heard by nobody.
    this.#running = false
  }
}

/** Lets callers wait until something is so. */
export class Condition {
  #waiting: (() => void)[] = []

  /** Resolves when it is so; it looks again after each {@link changed}. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo())
      await new Promise<void>(resolve => this.#waiting.push(resolve))
  }

  /** Something that callers wait for may be so now. */
  changed(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
