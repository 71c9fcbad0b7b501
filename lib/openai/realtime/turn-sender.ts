import type { AudioStore } from './audio-store.ts'
import { SAMPLES_PER_MS } from './event-writer.ts'
import type { RealtimeSession } from './realtime-session.ts'
import type { TurnQueue, Turn } from './turn-queue.ts'

/** Result of a step: sent something, has nothing to send, or has to wait. */
export type Step = 'done' | 'idle' | { readonly waitMs: number }

/**
 * Finds the turns of a source and sends its audio: turns that are detected
 * locally, or all audio to a server that detects them.
 */
export type TurnSource = {
  push(samples: Float32Array, at: number): Promise<void>
  /** Ends a run of audio; the next one begins at `next`. */
  jump(next: number): Promise<void>
  end(): Promise<void>
  /** Whether all turns of the source are known. */
  readonly complete: boolean
  /** Sample before which no new turn can begin. */
  readonly settled: number
  /** Samples received and not sent, if they have to be. */
  readonly unsent: number
  step(session: RealtimeSession): Promise<Step>
  /** Whether another session could continue without resending audio. */
  isBetweenTurns(session: RealtimeSession): boolean
  interrupt(): void
  close(): Promise<void>
}

/** How far a burst may exceed the rate, in ms. */
const BURST_MS = 250

export class Pacer {
  readonly #rate: number
  #free = 0

  /** @param rate ms of audio per ms; Infinity for no limit */
  constructor(rate: number) {
    this.#rate = rate
  }

  get wait(): number {
    return Math.max(0, this.#free - performance.now() - BURST_MS)
  }

  count(ms: number): void {
    this.#free = Math.max(this.#free, performance.now()) + ms / this.#rate
  }
}

/** Most audio per append: 500 ms. */
const APPEND_SAMPLES = 500 * SAMPLES_PER_MS
/** Shortest turn that the service accepts: 100 ms. */
const LEAST_SAMPLES = 100 * SAMPLES_PER_MS

export type TurnSenderOptions = {
  readonly store: AudioStore
  readonly queue: TurnQueue
  /** Most unanswered audio of closed turns, in samples. */
  readonly maxInFlight: number
  /** Most audio to send, in ms per ms. */
  readonly maxRate: number
  /** As {@link RealtimeTiming.settleMs}; 0 for models that do not need it. */
  readonly settleMs: number
  /** Earliest time for the next turn, in ms of the clock. */
  readonly pausedUntil: () => number
  /** Whether to commit a turn only when all before it are answered. */
  readonly isOneByOne: () => boolean
  readonly onCommitted: (turn: Turn) => void
}

/** Sends turns to a session one by one, the oldest first. */
export class TurnSender {
  readonly #options: TurnSenderOptions
  readonly #pacer: Pacer
  /** The uncommitted turn that a session has received part of. */
  #begun: { turn: Turn; attempt: number; session: RealtimeSession } | undefined
  #sentAt = 0

  constructor(options: TurnSenderOptions) {
    this.#options = options
    this.#pacer = new Pacer(options.maxRate)
  }

  /** Sample before which all audio since the open turn's start belongs to it. */
  get settled(): number {
    return 0
  }

  /** Whether no turn is partly sent to a session. */
  isBetweenTurns(session: RealtimeSession): boolean {
    return this.#begun?.session !== session || !this.#isBegun(this.#begun.turn)
  }

  /** The session's unfinished turn has to be sent to another one. */
  interrupt(): void {
    const begun = this.#begun
    this.#begun = undefined
    if (!begun || begun.turn.attempt !== begun.attempt) return
    begun.session.release(begun.turn)
    begun.turn.reset()
  }

  async step(session: RealtimeSession): Promise<Step> {
    const { store } = this.#options
    const turn = this.#next(session)
    if (!turn || this.#hasTooMuchInFlight(turn)) return 'idle'
    if (!this.#isBegun(turn) && this.#mustWait(turn, session)) return 'idle'
    const paused = this.#options.pausedUntil() - performance.now()
    const waitMs = Math.max(this.#pacer.wait, paused)
    if (waitMs > 0) return { waitMs }
    const available = turn.to ?? this.settled
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

  /** Whether a session holds a turn that must be its only one. */
  isAlone(session: RealtimeSession): boolean {
    return session.waiting.some(({ suspect }) => suspect)
  }

  /** A turn that may end sessions is sent while no other is unanswered. */
  #mustWait(turn: Turn, session: RealtimeSession): boolean {
    return session.waiting.some(
      one => one !== turn && (one.suspect || turn.suspect),
    )
  }

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

  /** Continues a turn before an older one is sent again. */
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
      // The other turn was answered meanwhile; the server must drop its audio.
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

/** Repeats a step, one call at a time, until it is idle. */
export class StepLoop {
  readonly #step: () => Promise<Step>
  readonly #onError: (error: Error) => void
  #running = false
  #again = false
  #over = false
  #timer: NodeJS.Timeout | undefined

  /** @param step takes a step and says when to take the next */
  constructor(step: () => Promise<Step>, onError: (error: Error) => void) {
    this.#step = step
    this.#onError = onError
  }

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
    // Set synchronously, so that a call to run() is not lost.
    this.#running = false
  }
}

export class Condition {
  #waiting: (() => void)[] = []

  /** Resolves when `isSo` is true; checked after each {@link changed}. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo())
      await new Promise<void>(resolve => this.#waiting.push(resolve))
  }

  changed(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
