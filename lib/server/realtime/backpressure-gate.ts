import type { WebSocket } from 'ws'

/** What waits in a session: beyond the first, it is not read on, ... */
const HIGH = { audioMs: 10_000, steps: 64, outBytes: 1_048_576 }
/** ... until all of it has fallen below this. */
const LOW = { audioMs: 5_000, steps: 16, outBytes: 262_144 }

/** How often a client is told that somebody is there, in ms. */
const PING_MS = 3_000

/** Counts of what waits. */
export type Load = {
  /** Audio that the engine has not taken, in ms. */
  readonly audioMs: number
  /** Events that wait for those before them. */
  readonly steps: number
  /** Bytes that the client has not taken. */
  readonly outBytes: number
}

/**
 * Reads a socket no faster than what comes is dealt with, and not at all
 * while its client does not read.
 */
export class BackpressureGate {
  readonly #socket: WebSocket
  readonly #load: () => Load
  #paused = false
  #released = false
  /** When the client was last told that somebody is there. */
  #pingedAt = 0

  constructor(socket: WebSocket, load: () => Load) {
    this.#socket = socket
    this.#load = load
  }

  /** Whether it waits for the engine, and not for the client. */
  get isBusy(): boolean {
    return this.#paused && this.#load().outBytes < HIGH.outBytes
  }

  /** Looks whether to read. */
  check(): void {
    if (this.#released) return
    const { audioMs, steps, outBytes } = this.#load()
    const {
      audioMs: ms,
      steps: most,
      outBytes: bytes,
    } = this.#paused ? LOW : HIGH
    const full = audioMs > ms || steps > most || outBytes > bytes
    if (full && this.#paused) return this.#pingClient()
    if (full === this.#paused) return
    this.#paused = full
    if (full) this.#socket.pause()
    else this.#socket.resume()
  }

  /** Reads nothing, until it is released. */
  suspend(): void {
    this.#released = true
    this.#socket.pause()
  }

  /** Reads whatever comes, from now on. */
  release(): void {
    this.#released = true
    this.#paused = false
    this.#socket.resume()
  }

  /** A client's pings are not read either: it must not take us for dead. */
  #pingClient(): void {
    const now = performance.now()
    if (now - this.#pingedAt < PING_MS) return
    this.#pingedAt = now
    this.#socket.ping()
  }
}
