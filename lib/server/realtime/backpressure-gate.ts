import type { WebSocket } from 'ws'

/** The socket is paused while any of these is exceeded, ... */
const HIGH = { audioMs: 10_000, steps: 64, outBytes: 1_048_576 }
/** ... and resumed when all are below these. */
const LOW = { audioMs: 5_000, steps: 16, outBytes: 262_144 }

/** Time between pings while the socket is paused, in ms. */
const PING_MS = 3_000

/** What waits in a session. */
export type Load = {
  /** Audio that the engine has not accepted, in ms. */
  readonly audioMs: number
  /** Client events that wait for earlier ones. */
  readonly steps: number
  /** Bytes that the client has not read. */
  readonly outBytes: number
}

/**
 * Pauses a socket while its session cannot keep up, or its client does not
 * read.
 */
export class BackpressureGate {
  readonly #socket: WebSocket
  readonly #load: () => Load
  #paused = false
  #released = false
  /** When the client was last pinged. */
  #pingedAt = 0

  constructor(socket: WebSocket, load: () => Load) {
    this.#socket = socket
    this.#load = load
  }

  /** Whether the socket is paused because of the engine, not of the client. */
  get isBusy(): boolean {
    return this.#paused && this.#load().outBytes < HIGH.outBytes
  }

  /** Pauses or resumes the socket. */
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

  /** Reads nothing until it is released. */
  suspend(): void {
    this.#released = true
    this.#socket.pause()
  }

  /** Reads without limits from now on. */
  release(): void {
    this.#released = true
    this.#paused = false
    this.#socket.resume()
  }

  /** Shows the client that the server is alive: its own pings are not read. */
  #pingClient(): void {
    const now = performance.now()
    if (now - this.#pingedAt < PING_MS) return
    this.#pingedAt = now
    this.#socket.ping()
  }
}
