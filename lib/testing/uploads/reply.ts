import type { ServerResponse } from 'node:http'
import { newId } from '../../openai/wire/ids.ts'
import { reset } from '../reset.ts'
import type { SpeechServerState } from '../speech-server-state.ts'
import {
  type ServiceErrorBody,
  serverError,
} from '../../openai/wire/service-error.ts'
import type { Timers } from '../timers.ts'
import type { Content } from '../../openai/wire/answers.ts'
import type { Cut } from './scripted-answer.ts'

/** Writes the answer to one upload, whole or as far as it shall go. */
export class Reply {
  readonly #response: ServerResponse
  readonly #state: SpeechServerState
  readonly #timers: Timers
  readonly #cut: Cut | undefined

  constructor(
    response: ServerResponse,
    state: SpeechServerState,
    timers: Timers,
    cut?: Cut,
  ) {
    this.#response = response
    this.#state = state
    this.#timers = timers
    this.#cut = cut
    response.setHeader('x-request-id', newId('req'))
  }

  /** An answer that comes at once. */
  content(status: number, { type, body }: Content): void {
    if (this.#cut) return this.#drop(this.#cut)
    this.#response.writeHead(status, {
      'content-type': type,
      'content-length': Buffer.byteLength(body),
    })
    this.#response.end(body)
  }

  /** An error, in the service's form. */
  error(
    status: number,
    error: ServiceErrorBody,
    type = 'application/json',
  ): void {
    this.content(status, { type, body: JSON.stringify({ error }) })
  }

  /** Sends the headers of an answer that streams. */
  startStream(): void {
    this.#response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
    })
    this.#response.flushHeaders()
  }

  /** Sends events, so many ms from each to the next. */
  stream(events: Iterable<unknown>, wait: number): void {
    const rest = events[Symbol.iterator]()
    const cut = this.#cut
    let left = cut ? (cut.afterEvents ?? 0) : Infinity
    const from = (): void => {
      for (;;) {
        if (left-- <= 0 && cut) return this.#drop(cut)
        const next = rest.next()
        if (next.done) return this.#end()
        this.#event(next.value)
        if (wait > 0) return this.#timers.after(wait, from)
      }
    }
    from()
  }

  /** Says that the service failed, in a stream or before it. */
  fail(): void {
    if (!this.#response.headersSent) return this.error(500, serverError)
    this.#event({ error: serverError })
    this.#response.end()
  }

  #event(value: unknown): void {
    this.#response.write(`data: ${JSON.stringify(value)}\n\n`)
  }

  #end(): void {
    this.#response.end('data: [DONE]\n\n')
  }

  #drop({ by }: Cut): void {
    const { socket, headersSent } = this.#response
    if (by === 'stall' || !socket) return
    if (by === 'reset') reset(this.#state.rawOf(socket))
    else if (!headersSent) socket.destroySoon()
    else if (by === 'error') this.fail()
    else this.#response.end()
  }
}
