import { systemClock, type Clock } from '../core/clock.ts'

/** A connection that a {@link Heartbeat} watches. */
export type HeartbeatPeer = {
  /**
   * Sends a ping.
   *
   * @param onSent called when the machine has taken it
   */
  ping(onSent: () => void): void
  /** Bytes that the machine has taken so far. */
  bytesSent(): number
  /** Called when the peer is gone. */
  onDead(): void
}

/**
 * Detects that a peer is gone: nothing came between two pings. Silence is
 * ignored while this process is too busy to read, or while the ping waits behind
 * other data.
 */
export class Heartbeat {
  readonly #pingMs: number
  readonly #peer: HeartbeatPeer
  readonly #clock: Clock
  #cancel: (() => void) | undefined
  #stopped = false
  /** Whether something came since the last ping. */
  #received = true
  /** When the last ping was sent; undefined while it waits. */
  #pingSentAt: number | undefined = -Infinity
  /** Bytes sent at the last ping. */
  #sent = 0
  #due = 0

  constructor(pingMs: number, peer: HeartbeatPeer, clock: Clock = systemClock) {
    this.#pingMs = pingMs
    this.#peer = peer
    this.#clock = clock
    this.#schedule()
  }

  /** Call when something came. */
  received(): void {
    this.#received = true
  }

  stop(): void {
    this.#stopped = true
    this.#cancel?.()
  }

  #schedule(): void {
    this.#due = this.#clock.now() + this.#pingMs
    // Data that has arrived is read first, since this process may have been busy.
    this.#cancel = this.#clock.after(this.#pingMs, () =>
      setImmediate(() => this.#beat()),
    )
  }

  #beat(): void {
    if (this.#stopped) return
    if (!this.#isAlive()) return this.#peer.onDead()
    this.#received = false
    if (this.#pingSentAt !== undefined) {
      this.#pingSentAt = undefined
      this.#peer.ping(() => (this.#pingSentAt = this.#clock.now()))
    }
    this.#schedule()
  }

  #isAlive(): boolean {
    const now = this.#clock.now()
    const sent = this.#peer.bytesSent()
    const isSending = sent > this.#sent
    this.#sent = sent
    const maxDelayMs = this.#pingMs / 2
    const isLate = now - this.#due > maxDelayMs
    const isWaiting =
      this.#pingSentAt === undefined
        ? isSending
        : now - this.#pingSentAt < maxDelayMs
    return this.#received || isLate || isWaiting
  }
}
