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
