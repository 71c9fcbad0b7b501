import { systemClock, type Clock } from '../core/clock.ts'

export type HeartbeatPeer = {
  /** @param onSent called when the operating system has accepted it */
  ping(onSent: () => void): void
  /** Bytes that the operating system has accepted so far. */
  bytesSent(): number
  onDead(): void
}

/**
 * Detects a dead peer: nothing arrives between two pings. Silence does not
 * count while this process is too busy to read, or while the ping waits behind
 * other data.
 */
export class Heartbeat {
  readonly #pingMs: number
  readonly #peer: HeartbeatPeer
  readonly #clock: Clock
  #cancel: (() => void) | undefined
  #stopped = false
  #received = true
  /** Undefined while the last ping waits to be sent. */
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

  /** To be called when anything arrives. */
  received(): void {
    this.#received = true
  }

  stop(): void {
    this.#stopped = true
    this.#cancel?.()
  }

  #schedule(): void {
    this.#due = this.#clock.now() + this.#pingMs
    // This process may have been busy: read what has arrived first.
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
