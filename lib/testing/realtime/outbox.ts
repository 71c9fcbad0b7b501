import type { WebSocket } from 'ws'
import { newId } from '../../openai/wire/ids.ts'
import { type ServerEvent, errorEvent } from '../../openai/wire/server-event.ts'
import type { ServiceErrorBody } from '../../openai/wire/service-error.ts'
import type { Timers } from '../timers.ts'

type OutboxParts = {
  readonly socket: WebSocket
  readonly timers: Timers
  /** Told of each event before it goes out; false: it must not. */
  readonly announce: (type: string) => boolean
}

/** The way out of a session: order is kept, however late it is made. */
export class Outbox {
  readonly #parts: OutboxParts
  #delay = 0
  #closed = false

  constructor(parts: OutboxParts) {
    this.#parts = parts
  }

  /** Everything from now on goes so many ms later. */
  slow(ms: number): void {
    this.#delay = ms
  }

  send(event: ServerEvent): void {
    if (this.#closed || !this.#parts.announce(event.type)) return
    this.text(JSON.stringify({ ...event, event_id: newId('event') }))
  }

  /** An event of which only the first half goes out. */
  sendHalf(event: ServerEvent): void {
    if (this.#closed || !this.#parts.announce(event.type)) return
    const text = JSON.stringify({ ...event, event_id: newId('event') })
    this.text(text.slice(0, text.length / 2))
  }

  error(error: ServiceErrorBody, eventId: string | null = null): void {
    this.send(errorEvent(error, eventId))
  }

  /** A text as it is. */
  text(text: string): void {
    this.#later(() => this.#parts.socket.send(text))
  }

  /** A close frame; with 1005 one without a code. */
  close(code: number, reason = ''): void {
    if (this.#closed) return
    this.#later(() =>
      code === 1005
        ? this.#parts.socket.close()
        : this.#parts.socket.close(code, reason),
    )
    this.#closed = true
  }

  /** Nothing goes out any more. */
  shut(): void {
    this.#closed = true
  }

  #later(send: () => void): void {
    if (this.#closed) return
    this.#parts.timers.after(this.#delay, () => {
      if (this.#parts.socket.readyState === this.#parts.socket.OPEN) send()
    })
  }
}
