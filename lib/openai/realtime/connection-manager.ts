import type { ServiceRefusedError } from '../../core/errors.ts'
import { refusalOf, type SessionEnd } from './wire-events.ts'
import type { RealtimeSession } from './realtime-session.ts'
import type { RealtimeTiming } from './session-settings.ts'
import type { Turn } from './turn-queue.ts'

export type ConnectionListener = {
  /** Creates a session, which calls `ready` and `ended` of the manager. */
  open(): RealtimeSession
  onReady(): void
  /**
   * A session ended; its unanswered turns are lost.
   *
   * @param problem why, if the audio sent may be the cause
   * @param byNetwork whether the network ended it
   */
  onLost(
    session: RealtimeSession,
    problem: string | undefined,
    byNetwork: boolean,
  ): void
  onRefused(error: ServiceRefusedError): void
  onDown(ms: number, problem: string): void
}

/** Age at which a session counts as a success, in ms. */
const GOOD_LIFE_MS = 10_000
/** A shorter lifetime indicates a wrong server clock; in ms. */
const LEAST_LIFE_MS = 60_000
/** Longest timeout of Node's timers. */
const MAX_MS = 2 ** 31 - 1
/** Share of a lifetime after which the next session is opened: 55 of 60 min. */
const ROTATE_AT = 11 / 12
/** Share of its lifetime to wait for a pause after that: 4 of 60 min. */
const PATIENCE = 1 / 15

/**
 * Keeps one session open. It reconnects after growing waits, and opens a
 * replacement before a session expires. The old session stays until all its
 * turns are answered.
 */
export class ConnectionManager {
  readonly #listener: ConnectionListener
  readonly #timing: RealtimeTiming
  #current: RealtimeSession | undefined
  /** Connecting, or ready to replace the current session. */
  #next: RealtimeSession | undefined
  readonly #draining = new Set<RealtimeSession>()
  readonly #timers = new Set<NodeJS.Timeout>()
  /** Consecutive failed attempts. */
  #attempts = 0
  #downSince: number | undefined
  /** Whether to switch within a turn, because the session will end soon. */
  #urgent = false
  #closed = false
  everReady = false

  constructor(timing: RealtimeTiming, listener: ConnectionListener) {
    this.#timing = timing
    this.#listener = listener
  }

  get current(): RealtimeSession | undefined {
    return this.#closed ? undefined : this.#current
  }

  start(): void {
    this.#downSince = performance.now()
    this.#open()
  }

  ready(session: RealtimeSession): void {
    this.everReady = true
    this.#downSince = undefined
    if (!this.#current) this.#switchTo(session)
    this.#listener.onReady()
  }

  ended(session: RealtimeSession, end: SessionEnd): void {
    if (this.#closed) return
    const wasCurrent = session === this.#current
    const wasNext = session === this.#next
    if (wasCurrent) this.#current = undefined
    if (wasNext) this.#next = undefined
    this.#draining.delete(session)
    const refusal = refusalOf(end)
    // A draining session's refusal does not concern the others.
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
      // Servers that serve one session at a time refuse until the others end.
      if (wasNext && !this.#current) this.#dropDraining()
      this.#retry(problem, !end.expired, end.afterMs)
    }
    if (this.#current) this.#listener.onReady()
  }

  /** Replaces a session that does not answer. Its late answers still count. */
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

  progress(): void {
    this.#attempts = 0
  }

  /**
   * Switches to the next session, if it is ready.
   *
   * @param between whether no turn is partly sent
   * @returns whether it switched
   */
  switchToNext(between: boolean): boolean {
    const [old, next] = [this.#current, this.#next]
    if (!old || !next?.ready || (!between && !this.#urgent)) return false
    this.#draining.add(old)
    this.#switchTo(next)
    this.release(old)
    return true
  }

  /** Stops waiting for the answer to a turn. */
  forget(turn: Turn): void {
    this.#current?.release(turn)
    for (const session of this.#draining) {
      session.release(turn)
      this.release(session)
    }
  }

  /** Closes a draining session once all its turns are answered. */
  release(session: RealtimeSession): void {
    if (!this.#draining.has(session) || session.turns.size > 0) return
    this.#draining.delete(session)
    void session.close()
  }

  /** Ends all sessions, with or without a close handshake. */
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
   * @param isNews whether to report the first attempt already
   * @param afterMs how long the service asks to wait
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
    // Random, so that not all clients of a server reconnect simultaneously.
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
