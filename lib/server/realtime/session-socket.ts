import type { WebSocket } from 'ws'
import {
  newId,
  type ServerEvent,
  errorEvent,
} from '../../openai/wire/server-event.ts'
import type { ServiceErrorBody } from '../../openai/wire/service-error.ts'
import type { SessionHooks } from './session-hooks.ts'

/** Longest client text that an error repeats, in characters. */
const MAX_ECHO = 512

/** Sends the events of a session. */
export class Outbox {
  readonly #socket: WebSocket
  readonly #onSent: () => void
  readonly hooks: SessionHooks | undefined
  #closed = false

  /** @param onSent called after each message */
  constructor(socket: WebSocket, onSent: () => void, hooks?: SessionHooks) {
    this.#socket = socket
    this.#onSent = onSent
    this.hooks = hooks
  }

  get waiting(): number {
    return this.#socket.bufferedAmount
  }

  send(event: ServerEvent): void {
    if (this.#closed) return
    this.hooks?.onSend(event.type)
    this.text(JSON.stringify({ ...event, event_id: newId('event') }))
  }

  /** Sends a text unchanged. */
  text(text: string): void {
    this.#transmit(() => this.#socket.send(text, this.#onSent))
  }

  error(error: ServiceErrorBody, eventId: string | null = null): void {
    const { message, param } = error
    const short = {
      ...error,
      message: message.slice(0, 2 * MAX_ECHO),
      param: param && param.slice(0, MAX_ECHO),
    }
    this.send(errorEvent(short, eventId && eventId.slice(0, MAX_ECHO)))
  }

  /** Closes the connection; with 1005 the close frame has no code. */
  close(code: number, reason?: string): void {
    this.#transmit(() =>
      code === 1005 ? this.#socket.close() : this.#socket.close(code, reason),
    )
    this.#closed = true
  }

  shut(): void {
    this.#closed = true
  }

  #transmit(send: () => void): void {
    if (this.#closed) return
    if (this.hooks) this.hooks.transmit(send)
    else send()
  }
}

/** The socket is paused above any of these ... */
const HIGH = { audioMs: 10_000, steps: 64, outBytes: 1_048_576 }
/** ... and resumed below all of these. */
const LOW = { audioMs: 5_000, steps: 16, outBytes: 262_144 }

/** Time between pings while the socket is paused, in ms. */
const PING_MS = 3_000

type Load = {
  /** Audio that the engine has not accepted, in ms. */
  readonly audioMs: number
  /** Client events that wait for earlier ones. */
  readonly steps: number
  /** Bytes that the client has not read. */
  readonly outBytes: number
}

/** Pauses a socket while its session or its client is too slow. */
export class BackpressureGate {
  readonly #socket: WebSocket
  readonly #load: () => Load
  #paused = false
  #released = false
  #pingedAt = 0

  constructor(socket: WebSocket, load: () => Load) {
    this.#socket = socket
    this.#load = load
  }

  /** Whether the socket is paused because of the engine. */
  get isBusy(): boolean {
    return this.#paused && this.#load().outBytes < HIGH.outBytes
  }

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

  /** Reads nothing until {@link release}. */
  suspend(): void {
    this.#released = true
    this.#socket.pause()
  }

  release(): void {
    this.#released = true
    this.#paused = false
    this.#socket.resume()
  }

  /** A client whose pings are not read may take the server for dead. */
  #pingClient(): void {
    const now = performance.now()
    if (now - this.#pingedAt < PING_MS) return
    this.#pingedAt = now
    this.#socket.ping()
  }
}
