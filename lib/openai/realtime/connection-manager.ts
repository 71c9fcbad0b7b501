import type { ServiceRefusedError } from '../../core/errors.ts'
import { refusalOf, type SessionEnd } from './wire-events.ts'
import type { RealtimeSession } from './realtime-session.ts'
import type { RealtimeTiming } from './session-settings.ts'
import type { Turn } from './turn-queue.ts'

/** Who is told of sessions by a {@link ConnectionManager}. */
export type ConnectionListener = {
  /** Makes a session; its end and readiness are told to the manager. */
  open(): RealtimeSession
  /** There is a session to send audio to. */
  onReady(): void
  /**
   * A session is no more, and what it had not answered is lost.
   *
   * @param problem why, if what it was sent may have ended it
   * @param byNetwork whether the network ended it
   */
  onLost(
    session: RealtimeSession,
    problem: string | undefined,
    byNetwork: boolean,
  ): void
  /** There will be no session any more. */
  onRefused(error: ServiceRefusedError): void
  /** There is no session, for so many ms now, and why. */
  onDown(ms: number, problem: string): void
}

/** A session that lived so long was no failed attempt, in ms. */
const GOOD_LIFE_MS = 10_000
/** A shorter life that a server promises is an error of its clock, in ms. */
const LEAST_LIFE_MS = 60_000
/** Longest that a timer can wait. */
const MAX_MS = 2 ** 31 - 1
/** Share of a session's life after which its replacement is opened: 55 of 60 min. */
const ROTATE_AT = 11 / 12
/** Share of its life for which a silence is waited for: then, 4 more minutes. */
const PATIENCE = 1 / 15

/**
 * Keeps one session open: opens another when it is lost, after ever longer
 * pauses, and a new one beside it before its time is over. The old one stays
 * until all its turns are answered.
 */
export class ConnectionManager {
  readonly #listener: ConnectionListener
  readonly #timing: RealtimeTiming
  #current: RealtimeSession | undefined
  /** Connecting, or ready to replace the current one. */
  #next: RealtimeSession | undefined
  readonly #draining = new Set<RealtimeSession>()
  readonly #timers = new Set<NodeJS.Timeout>()
  /** Attempts in a row of which nothing came. */
  #attempts = 0
  #downSince: number | undefined
  /** Whether a turn may be broken off, for the session is about to end. */
  #urgent = false
  #closed = false
  /** Whether there ever was a session. */
  everReady = false

  constructor(timing: RealtimeTiming, listener: ConnectionListener) {
    this.#timing = timing
    this.#listener = listener
  }

  /** The session to send audio to, where there is one. */
  get current(): RealtimeSession | undefined {
    return this.#closed ? undefined : this.#current
  }

  start(): void {
    this.#downSince = performance.now()
    this.#open()
  }

  /** A session has taken its configuration. */
  ready(session: RealtimeSession): void {
    this.everReady = true
    this.#downSince = undefined
    if (!this.#current) this.#switchTo(session)
    this.#listener.onReady()
  }

  /** A session has ended. */
  ended(session: RealtimeSession, end: SessionEnd): void {
    if (this.#closed) return
    const wasCurrent = session === this.#current
    const wasNext = session === this.#next
    if (wasCurrent) this.#current = undefined
    if (wasNext) this.#next = undefined
    this.#draining.delete(session)
    const refusal = refusalOf(end)
    // One that only drained has nothing to say about the others.
    if (refusal && (wasCurrent || wasNext))
      return this.#listener.onRefused(refusal)
    const lived = performance.now() - session.begun
    if (lived >= GOOD_LIFE_MS) this.#attempts = 0
    const problem = end.error?.message ?? (end.reason || `code ${end.code}`)
    this.#listener.onLost(
      session,
      end.expired ? undefined : problem,
      end.byNetwork === true,
    )
    if (wasCurrent && this.#next?.ready) this.#switchTo(this.#next)
    else if (wasCurrent || wasNext) {
      // Servers that serve one at a time have to get rid of the others first.
      if (wasNext && !this.#current) this.#dropDraining()
      this.#retry(problem, !end.expired, end.afterMs)
    }
    if (this.#current) this.#listener.onReady()
  }

  /**
   * Takes leave of the current session because it does not answer, and opens
   * another. What it answers late still counts.
   */
  retire(problem: string): void {
    const old = this.#current
    if (!old || this.#closed) return
    old.retire()
    this.#current = undefined
    this.#draining.add(old)
    if (this.#next?.ready) this.#switchTo(this.#next)
    else if (!this.#next) this.#retry(problem, true)
    this.release(old)
    if (this.#current) this.#listener.onReady()
  }

  /** The service does what it is there for. */
  progress(): void {
    this.#attempts = 0
  }

  /**
   * Goes over to the next session, if there is one.
   *
   * @param between whether no turn is partly sent
   * @returns whether there is another session now
   */
  switchToNext(between: boolean): boolean {
    const [old, next] = [this.#current, this.#next]
    if (!old || !next?.ready || (!between && !this.#urgent)) return false
    this.#draining.add(old)
    this.#switchTo(next)
    this.release(old)
    return true
  }

  /** A turn needs no more answer, or that of another attempt. */
  forget(turn: Turn): void {
    this.#current?.release(turn)
    for (const session of this.#draining) {
      session.release(turn)
      this.release(session)
    }
  }

  /** Lets a session go that is not used any more, once all is answered. */
  release(session: RealtimeSession): void {
    if (!this.#draining.has(session) || session.turns.size > 0) return
    this.#draining.delete(session)
    void session.close()
  }

  /** Ends all sessions: politely, or at once. */
  async close(politely: boolean): Promise<void> {
    this.#closed = true
    for (const timer of this.#timers) clearTimeout(timer)
    const sessions = [this.#current, this.#next, ...this.#draining]
    await Promise.all(
      sessions.map(async session => {
        await (politely ? session?.close() : session?.destroy())
      }),
    )
  }

  #dropDraining(): void {
    const sessions = [...this.#draining]
    this.#draining.clear()
    for (const session of sessions) {
      this.#listener.onLost(session, undefined, false)
      session.destroy()
    }
  }

  #open(): void {
    if (!this.#closed) this.#next ??= this.#listener.open()
  }

  #switchTo(session: RealtimeSession): void {
    this.#current = session
    this.#next = undefined
    this.#urgent = false
    const life = Math.min(
      this.#timing.rotateMs / ROTATE_AT,
      session.lifetimeMs !== undefined && session.lifetimeMs >= LEAST_LIFE_MS
        ? session.lifetimeMs
        : Infinity,
    )
    this.#after(life * ROTATE_AT, () => {
      if (session === this.#current) this.#open()
    })
    this.#after(life * (ROTATE_AT + PATIENCE), () => {
      if (session !== this.#current) return
      this.#urgent = true
      this.#listener.onReady()
    })
  }

  /**
   * @param isNews whether it is worth telling at the first time
   * @param afterMs how long the service wants to be left alone
   */
  #retry(problem: string, isNews: boolean, afterMs = 0): void {
    const { reconnectMs, reconnectMaxMs, giveUpMs } = this.#timing
    if (!this.#current) {
      this.#downSince ??= performance.now()
      const down = performance.now() - this.#downSince + afterMs
      if (isNews || this.#attempts > 0) this.#listener.onDown(down, problem)
    }
    const backOff =
      this.#attempts === 0
        ? 0
        : Math.min(reconnectMaxMs, reconnectMs * 2 ** (this.#attempts - 1))
    this.#attempts++
    // So that many clients of a server that was down do not come at once.
    const pause = backOff * (0.75 + Math.random() / 2)
    const asked = Math.min(afterMs, giveUpMs)
    this.#after(Math.max(pause, asked), () => this.#open())
  }

  #after(ms: number, callback: () => void): void {
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer)
        callback()
      },
      Math.min(ms, MAX_MS),
    )
    this.#timers.add(timer)
  }
}
