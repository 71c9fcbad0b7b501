import {
  type IncomingMessage,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http'
import type { Socket } from 'node:net'
import { finished } from 'node:stream/promises'
import type { Content } from '../../openai/wire/answers.ts'
import { serverError } from '../../openai/wire/service-error.ts'
import { send, sendFailure } from '../../server/http-messages.ts'
import { type FormFile, FormReader } from '../../server/uploads/form-reader.ts'
import {
  EventStream,
  type UploadEvent,
} from '../../server/uploads/upload-answer.ts'
import { reset } from '../faults.ts'
import type { Timers } from '../speech-server-state.ts'

/** What an upload brought, without its audio. */
export type UploadRecord = {
  /** The fields but for the file, by their names on the wire, in order. */
  readonly fields: Readonly<Record<string, readonly string[]>>
  /** Undefined where no file came. */
  readonly file:
    | {
        readonly name: string
        /** Content type of the part. */
        readonly type: string
        readonly bytes: number
      }
    | undefined
  /** Bytes of the whole body. */
  readonly bytes: number
  /** Headers of the request, none with a key in it. */
  readonly headers: Readonly<Record<string, string>>
  /** Status of the answer; 0 where the connection was dropped. */
  readonly status: number
}

/** Bytes that a whole body may have. */
export const MAX_BODY = 26_214_400

/** A form that was read to its end. */
export type UploadForm = {
  readonly fields: ReadonlyMap<string, readonly string[]>
  readonly file:
    (Omit<FormFile, 'bytes'> & { readonly bytes: Buffer }) | undefined
  /** Bytes of the whole body. */
  readonly bytes: number
}

/**
 * Reads a whole request, so that there is a record of it whatever the answer
 * is. A body that is too long is counted to its end, but not kept.
 *
 * @returns the form, or what is wrong with it
 */
export const readForm = async (
  request: IncomingMessage,
): Promise<UploadForm | Error> => {
  let file: Omit<FormFile, 'bytes'> | undefined
  const parts: Buffer[] = []
  try {
    const reader = new FormReader(request, Infinity, {
      onFile: ({ name, type, bytes }) => {
        file = { name, type }
        bytes.on('data', (part: Buffer) => {
          if (reader.bytes <= MAX_BODY) parts.push(part)
          else parts.length = 0
        })
      },
      maxFieldBytes: MAX_BODY,
      maxStallMs: Infinity,
      maxWaitMs: Infinity,
      signal: new AbortController().signal,
    })
    await reader.read()
    return {
      fields: reader.fields,
      file: file && { ...file, bytes: Buffer.concat(parts) },
      bytes: reader.bytes,
    }
  } catch (error) {
    request.resume()
    await finished(request).catch(() => {}) // the client may be gone
    return error as Error
  }
}

/** Headers with a key in them. */
const SECRET = new Set([
  'authorization',
  'api-key',
  'cookie',
  'proxy-authorization',
])

/** Describes an upload, but for the status of its answer. */
export const recordOf = (
  { headers }: IncomingMessage,
  form: UploadForm | undefined,
): Omit<UploadRecord, 'status'> => ({
  fields: Object.fromEntries(form?.fields ?? []),
  file: form?.file && { ...form.file, bytes: form.file.bytes.length },
  bytes: form?.bytes ?? 0,
  headers: Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !SECRET.has(name))
      .map(([name, value]) => [name, String(value)]),
  ),
})

/** How an answer breaks off. */
export type Cut = {
  /**
   * Events of a streamed answer that still go out; of any other answer
   * nothing does.
   * @default 0
   */
  readonly afterEvents?: number
  /**
   * `end`: the answer ends there, as if it were whole; one that is no stream
   * is dropped with a FIN. `reset`: the connection is reset. `error`: an
   * error event, then the end. `stall`: nothing more is sent.
   */
  readonly by: 'end' | 'reset' | 'error' | 'stall'
}

/** What to do with an upload in place of what the server would. */
export type ScriptedAnswer = {
  /** Waits so many ms before it answers. */
  readonly delayMs?: number
  /** Breaks the server's own answer off. */
  readonly cut?: Cut
  /** A status of HTTP; with it, the server's own answer is not given. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /**
   * Text as it is, or a value that becomes JSON.
   * @default from 400 on an error of the service's form, otherwise empty
   */
  readonly body?: unknown
  /** `code` of such an error, as `insufficient_quota`. */
  readonly code?: string
}

/**
 * Decides how an upload is answered; the `attempt`-th of the server, from 1.
 * Undefined: as the server would.
 */
export type Respond = (
  request: Omit<UploadRecord, 'status'>,
  attempt: number,
) => ScriptedAnswer | undefined | Promise<ScriptedAnswer | undefined>

const errorOf = (status: number, code: string | undefined) => ({
  error: {
    message: STATUS_CODES[status] ?? 'Refused',
    type: code ?? (status >= 500 ? 'server_error' : 'invalid_request_error'),
    param: null,
    code: code ?? (status === 429 ? 'rate_limit_exceeded' : null),
  },
})

/** Sends an answer that has a status of its own. */
export const sendScripted = (
  response: ServerResponse,
  status: number,
  { headers, body, code }: ScriptedAnswer,
): void => {
  const value = body ?? (status < 400 ? '' : errorOf(status, code))
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const type =
    typeof value === 'string' ? 'text/plain; charset=utf-8' : 'application/json'
  response.writeHead(status, { 'content-type': type, ...headers })
  response.end(text)
}

/** Sends the server's own answer to an upload, as far as its cut allows. */
export class UploadReply {
  readonly #response: ServerResponse
  readonly #timers: Timers
  readonly #cut: Cut | undefined
  /** Finds the TCP connection below a socket. */
  readonly #rawOf: (socket: Socket) => Socket
  #stream: EventStream | undefined

  constructor(
    response: ServerResponse,
    timers: Timers,
    rawOf: (socket: Socket) => Socket,
    cut?: Cut,
  ) {
    this.#response = response
    this.#timers = timers
    this.#rawOf = rawOf
    this.#cut = cut
  }

  /** Sends a whole answer. */
  content(content: Content): void {
    if (this.#cut) return this.#drop(this.#cut)
    send(this.#response, { status: 200, ...content })
  }

  /** Sends the headers of an answer that streams. */
  startStream(): void {
    this.#stream = new EventStream(this.#response)
  }

  /** Sends the events of an answer that streams, `wait` ms apart. */
  events(events: readonly UploadEvent[], wait: number): void {
    const cut = this.#cut
    const most = cut ? (cut.afterEvents ?? 0) : Infinity
    this.#timers.spaced(
      events.slice(0, most),
      wait,
      event => this.#stream!.send(event),
      () => {
        if (cut && most <= events.length) this.#drop(cut)
        else this.#stream!.end()
      },
    )
  }

  /** Refuses the upload, or reports a failure, in a stream or before it. */
  fail(error: unknown): void {
    if (this.#stream) this.#stream.fail(serverError)
    else if (this.#cut) this.#drop(this.#cut)
    else sendFailure(this.#response, error)
  }

  #drop({ by }: Cut): void {
    const { socket, headersSent } = this.#response
    if (by === 'stall' || !socket) return
    if (by === 'reset') reset(this.#rawOf(socket))
    else if (!headersSent) socket.destroySoon()
    else if (by === 'error') this.#stream!.fail(serverError)
    else this.#response.end()
  }
}
