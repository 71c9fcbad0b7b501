import {
  type IncomingMessage,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http'
import {
  type Content,
  type Spoken,
  answers,
  speakersOf,
  STAND_IN_LOGPROB,
  piecesOf,
} from '../../openai/wire/answers.ts'
import { keyOf } from '../../openai/wire/connect.ts'
import {
  checkRequest,
  readFields,
  refuseWithoutFile,
} from '../../openai/wire/request-fields.ts'
import { newId } from '../../openai/wire/server-event.ts'
import {
  badKey,
  invalidRequest,
  noKey,
  serverError,
} from '../../openai/wire/service-error.ts'
import {
  HttpError,
  urlOf,
  send,
  sendError,
  sendFailure,
} from '../../server/http-messages.ts'
import { tooLarge } from '../../server/uploads/form-reader.ts'
import {
  EventStream,
  type UploadEvent,
  deltaEvents,
  doneEvent,
} from '../../server/uploads/upload-answer.ts'
import { reset } from '../faults.ts'
import { type SpeechServerState, Timers } from '../speech-server-state.ts'
import {
  type Interruption,
  MAX_BODY,
  type ScriptedAnswer,
  type UploadForm,
  type UploadRecord,
  readForm,
  recordOf,
} from './scripted-answer.ts'
import { checkLength, readAudio, timeText } from './upload-audio.ts'

const errorOf = (status: number, code: string | undefined) => ({
  error: {
    message: STATUS_CODES[status] ?? 'Refused',
    type: code ?? (status >= 500 ? 'server_error' : 'invalid_request_error'),
    param: null,
    code: code ?? (status === 429 ? 'rate_limit_exceeded' : null),
  },
})

/** Sends an answer with a status of its own. */
const sendScripted = (
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

/** Sends the server's own answer, up to an interruption. */
class UploadReply {
  readonly #response: ServerResponse
  readonly #timers: Timers
  readonly #interrupt: Interruption | undefined
  readonly #state: SpeechServerState
  #stream: EventStream | undefined

  constructor(
    response: ServerResponse,
    timers: Timers,
    state: SpeechServerState,
    interrupt?: Interruption,
  ) {
    this.#response = response
    this.#timers = timers
    this.#state = state
    this.#interrupt = interrupt
  }

  content(content: Content): void {
    if (this.#interrupt) return this.#drop(this.#interrupt)
    send(this.#response, { status: 200, ...content })
  }

  startStream(): void {
    this.#stream = new EventStream(this.#response)
  }

  /** Sends the events of a stream, `wait` ms apart. */
  events(events: readonly UploadEvent[], wait: number): void {
    const interrupt = this.#interrupt
    const most = interrupt ? (interrupt.afterEvents ?? 0) : Infinity
    this.#timers.spaced(
      events.slice(0, most),
      wait,
      event => this.#stream!.send(event),
      () => {
        if (interrupt && most <= events.length) this.#drop(interrupt)
        else this.#stream!.end()
      },
    )
  }

  /** Reports a refusal or a failure, in a stream or before it. */
  fail(error: unknown): void {
    if (this.#stream) this.#stream.fail(serverError)
    else if (this.#interrupt) this.#drop(this.#interrupt)
    else sendFailure(this.#response, error)
  }

  #drop({ by }: Interruption): void {
    const { socket, headersSent } = this.#response
    if (by === 'stall' || !socket) return
    if (by === 'reset') reset(this.#state.rawOf(socket))
    else if (!headersSent) socket.destroySoon()
    else if (by === 'error') this.#stream!.fail(serverError)
    else this.#response.end()
  }
}

const PATH = /\/audio\/transcriptions$/

/** The transcription endpoint of a test double. */
export class ScriptedUploads {
  readonly records: UploadRecord[] = []
  readonly #state: SpeechServerState
  readonly #timers = new Timers()

  constructor(state: SpeechServerState) {
    this.#state = state
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    response.on('error', () => {}) // the client is gone
    response.setHeader('x-request-id', newId('req'))
    this.#answer(request, response).catch(() => response.destroy())
  }

  close(): void {
    this.#timers.close()
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const form = await readForm(request)
    const { pathname } = urlOf(request)
    if (request.method !== 'POST' || !PATH.test(pathname))
      return sendError(
        response,
        404,
        invalidRequest(null, `Invalid URL (${request.method} ${pathname})`),
      )
    const record = recordOf(request, form instanceof Error ? undefined : form)
    response.once('close', () =>
      this.records.push({
        ...record,
        status: response.headersSent ? response.statusCode : 0,
      }),
    )
    const number = ++this.#state.uploads
    const { respond, answerMs } = this.#state.options
    const script = await respond?.(record, number)
    this.#timers.after(script?.delayMs ?? answerMs(number), () => {
      if (script?.status !== undefined)
        return sendScripted(response, script.status, script)
      const reply = new UploadReply(
        response,
        this.#timers,
        this.#state,
        script?.interrupt,
      )
      this.#transcribe(request, form, number, reply).catch((error: unknown) =>
        reply.fail(error),
      )
    })
  }

  /** @throws HttpError, FieldError, or an error of `transcribe` */
  async #transcribe(
    request: IncomingMessage,
    form: UploadForm | Error,
    number: number,
    reply: UploadReply,
  ): Promise<void> {
    const { transcribe, accepts, deltaMs } = this.#state.options
    const key = keyOf(request.headers)
    if (key === undefined || !accepts(key))
      throw new HttpError(401, key === undefined ? noKey : badKey(key), {
        // The service declares this JSON as text.
        'content-type': 'text/plain; charset=utf-8',
      })
    if (form instanceof Error) throw form
    if (form.bytes > MAX_BODY) throw tooLarge(MAX_BODY, form.bytes)
    const fields = readFields(form.fields)
    const file = form.file ?? refuseWithoutFile()
    const model = checkRequest(fields, file)
    const audio = readAudio(file.bytes)
    checkLength(audio, model)
    const streams = fields.stream && model.streams
    if (streams) reply.startStream()
    const text = await transcribe(audio.samples, {
      via: 'upload',
      sampleRate: audio.sampleRate,
      model: fields.model,
      turn: number,
      settings: { ...fields },
    })
    const spoken = { heard: timeText(text, audio), fields, model }
    if (streams) reply.events(eventsOf(spoken), deltaMs(number))
    else reply.content(answers[fields.format]!(spoken))
  }
}

const eventsOf = (spoken: Spoken): UploadEvent[] => {
  const { heard, fields, model } = spoken
  if (model.formats.includes('diarized_json'))
    return [...diarizedEvents(spoken), doneEvent(spoken)]
  const pieces = piecesOf(heard.text)
  const logprobs =
    fields.include.length > 0 ? pieces.map(() => STAND_IN_LOGPROB) : []
  return [...deltaEvents(pieces, logprobs), doneEvent(spoken)]
}

/** The deltas of each segment, followed by the segment with its speaker. */
const diarizedEvents = (spoken: Spoken): UploadEvent[] =>
  speakersOf(spoken).flatMap((segment, i) => {
    const pieces = piecesOf(i === 0 ? segment.text : ` ${segment.text}`)
    const deltas = deltaEvents(pieces, [], { segment_id: segment.id })
    return spoken.fields.format === 'diarized_json'
      ? [...deltas, { type: 'transcript.text.segment', ...segment }]
      : deltas
  })
