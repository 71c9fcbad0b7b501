import type { WebSocket } from 'ws'
import { newId } from '../../openai/wire/ids.ts'
import { type ServerEvent, errorEvent } from '../../openai/wire/server-event.ts'
import type { ServiceErrorBody } from '../../openai/wire/service-error.ts'
import type { SessionHooks } from './session-hooks.ts'

/** Longest client text that an error repeats, in characters. */
const MAX_ECHO = 512

/** Sends the events of a session. */
export class Outbox {
  readonly #socket: WebSocket
  readonly #onSent: () => void
  /** Hooks of the session, in test doubles. */
  readonly hooks: SessionHooks | undefined
  #closed = false

  /** @param onSent called when a message has left */
  constructor(socket: WebSocket, onSent: () => void, hooks?: SessionHooks) {
    this.#socket = socket
    this.#onSent = onSent
    this.hooks = hooks
  }

  /** Bytes that the client has not read yet. */
  get waiting(): number {
    return this.#socket.bufferedAmount
  }

  send(event: ServerEvent): void {
    if (this.#closed) return
    this.hooks?.onSend(event.type)
    this.text(JSON.stringify({ ...event, event_id: newId('event') }))
  }

  /** Sends a text as it is. */
  text(text: string): void {
    this.#transmit(() => this.#socket.send(text, this.#onSent))
  }

  /** @param eventId of the client's event that caused it */
  error(error: ServiceErrorBody, eventId: string | null = null): void {
    const { message, param } = error
    const short = {
      ...error,
      message: message.slice(0, 2 * MAX_ECHO),
      param: param && param.slice(0, MAX_ECHO),
    }
    this.send(errorEvent(short, eventId && eventId.slice(0, MAX_ECHO)))
  }

  /** Sends a close frame, with 1005 one without a code, and nothing after it. */
  close(code: number, reason?: string): void {
    this.#transmit(() =>
      code === 1005 ? this.#socket.close() : this.#socket.close(code, reason),
    )
    this.#closed = true
  }

  /** Sends nothing any more. */
  shut(): void {
    this.#closed = true
  }

  #transmit(send: () => void): void {
    if (this.#closed) return
    if (this.hooks) this.hooks.transmit(send)
    else send()
  }
}

/** The socket is paused while any of these is exceeded, ... */
const HIGH = { audioMs: 10_000, steps: 64, outBytes: 1_048_576 }
/** ... and resumed when all are below these. */
const LOW = { audioMs: 5_000, steps: 16, outBytes: 262_144 }

/** Time between pings while the socket is paused, in ms. */
const PING_MS = 3_000

/** What waits in a session. */
type Load = {
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
