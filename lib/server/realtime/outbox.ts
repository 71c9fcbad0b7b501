import type { WebSocket } from 'ws'
import { newId } from '../../openai/wire/ids.ts'
import { type ServerEvent, errorEvent } from '../../openai/wire/server-event.ts'
import type { ServiceErrorBody } from '../../openai/wire/service-error.ts'

/** Longest text of a client that an error repeats, in characters. */
const MAX_ECHO = 512

/** The way out of a session. */
export class Outbox {
  readonly #socket: WebSocket
  readonly #onSent: () => void
  #closed = false

  /** @param onSent called when something that was sent has left */
  constructor(socket: WebSocket, onSent: () => void) {
    this.#socket = socket
    this.#onSent = onSent
  }

  /** Bytes that the client has not taken yet. */
  get waiting(): number {
    return this.#socket.bufferedAmount
  }

  send(event: ServerEvent): void {
    if (this.#closed) return
    const text = JSON.stringify({ ...event, event_id: newId('event') })
    this.#socket.send(text, this.#onSent)
  }

  /** @param eventId of the event that it is about */
  error(error: ServiceErrorBody, eventId: string | null = null): void {
    const { message, param } = error
    const short = {
      ...error,
      message: message.slice(0, 2 * MAX_ECHO),
      param: param && param.slice(0, MAX_ECHO),
    }
    this.send(errorEvent(short, eventId && eventId.slice(0, MAX_ECHO)))
  }

  /** Says goodbye; nothing goes out any more. */
  close(code: number, reason: string): void {
    if (this.#closed) return
    this.#closed = true
    this.#socket.close(code, reason)
  }
}
