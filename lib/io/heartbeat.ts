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
  sent(): number
  /** The peer is gone. */
  onDead(): void
}

/**
 * Finds out whether a peer is gone: from one ping to the next, nothing came.
 * Silence means nothing while this process was too busy to look, or while the
 * ping still waits behind data that is leaving.
 */
export class Heartbeat {
  readonly #pingMs: number
  readonly #peer: HeartbeatPeer
  readonly #clock: Clock
  #cancel: (() => void) | undefined
  #stopped = false
  /** Whether something came since the last beat. */
  #heard = true
  /** When the machine took the last ping; undefined while it waits. */
  #takenAt: number | undefined = -Infinity
  /** Bytes that had left at the last beat. */
  #sent = 0
  #due = 0

  constructor(pingMs: number, peer: HeartbeatPeer, clock: Clock = systemClock) {
    this.#pingMs = pingMs
    this.#peer = peer
    this.#clock = clock
    this.#schedule()
  }

  /** Something came. */
  heard(): void {
    this.#heard = true
  }

  stop(): void {
    this.#stopped = true
    this.#cancel?.()
  }

  #schedule(): void {
    this.#due = this.#clock.now() + this.#pingMs
    // What has arrived is read first: this process may have been busy.
    this.#cancel = this.#clock.after(this.#pingMs, () =>
      setImmediate(() => this.#beat()),
    )
  }

  #beat(): void {
    if (this.#stopped) return
    if (!this.#mayLive()) return this.#peer.onDead()
    this.#heard = false
    if (this.#takenAt !== undefined) {
      this.#takenAt = undefined
      this.#peer.ping(() => (this.#takenAt = this.#clock.now()))
    }
    this.#schedule()
  }

  #mayLive(): boolean {
    const now = this.#clock.now()
    const sent = this.#peer.sent()
    const leaves = sent > this.#sent
    this.#sent = sent
    const most = this.#pingMs / 2
    const isLate = now - this.#due > most
    const isWaiting =
      this.#takenAt === undefined ? leaves : now - this.#takenAt < most
    return this.#heard || isLate || isWaiting
  }
}
