import type { IncomingMessage, ServerResponse } from 'node:http'
import { keyOf } from '../../openai/wire/connect.ts'
import type { SpeechServerState } from '../speech-server-state.ts'
import {
  badKey,
  invalidRequest,
  noKey,
  serverError,
} from '../../openai/wire/service-error.ts'
import { Timers } from '../timers.ts'
import { answers } from '../../openai/wire/answers.ts'
import { checkRequest } from '../../openai/wire/check-request.ts'
import { MAX_BODY, type UploadForm, readForm } from './read-form.ts'
import { Reply } from './reply.ts'
import { FieldError, readFields } from '../../openai/wire/request-fields.ts'
import { recite } from './scripted-answer.ts'
import { streamEvents } from './stream-events.ts'
import { timeText } from './timed-text.ts'
import { checkLength, readAudio } from './upload-audio.ts'
import { type UploadRecord, recordOf } from './upload-record.ts'

const PATH = /\/audio\/transcriptions$/

/** The transcription endpoint. */
export class Uploads {
  readonly records: UploadRecord[] = []
  readonly #state: SpeechServerState
  readonly #timers = new Timers()

  constructor(state: SpeechServerState) {
    this.#state = state
  }

  /** Reads a request and answers it. */
  answer(request: IncomingMessage, response: ServerResponse): void {
    response.on('error', () => {}) // the client is gone
    this.#answer(request, response).catch(() => response.destroy())
  }

  /** Calls off what is still to be answered. */
  close(): void {
    this.#timers.close()
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const form = await readForm(request)
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (request.method !== 'POST' || !PATH.test(pathname))
      return new Reply(response, this.#state, this.#timers).error(
        404,
        invalidRequest(null, `Invalid URL (${request.method} ${pathname})`),
      )
    const record = recordOf(request, form)
    response.once('close', () =>
      this.records.push({
        ...record,
        status: response.headersSent ? response.statusCode : 0,
      }),
    )
    const number = ++this.#state.uploads
    const script = await this.#state.options.respond?.(record, number)
    const wait = script?.delayMs ?? this.#state.options.answerMs(number)
    this.#timers.after(wait, () => {
      if (script?.status !== undefined)
        return recite(response, script.status, script)
      const reply = new Reply(response, this.#state, this.#timers, script?.cut)
      void this.#transcribe(request, form, number, reply)
    })
  }

  async #transcribe(
    request: IncomingMessage,
    form: UploadForm | undefined,
    number: number,
    reply: Reply,
  ): Promise<void> {
    const { hear, accepts, deltaMs } = this.#state.options
    const key = keyOf(request.headers)
    if (key === undefined || !accepts(key)) {
      // A JSON body that says it is text: so the service does it.
      const error = key === undefined ? noKey : badKey(key)
      return reply.error(401, error, 'text/plain; charset=utf-8')
    }
    if (!form)
      return reply.error(
        400,
        invalidRequest(null, 'Could not parse multipart form'),
      )
    if (form.bytes > MAX_BODY)
      return reply.error(413, {
        ...serverError,
        message: `Maximum content size limit (${MAX_BODY}) exceeded (${form.bytes} bytes read)`,
      })
    try {
      const fields = readFields(form.fields)
      const { file } = form
      if (!file)
        throw new FieldError(
          'missing_required_parameter',
          "Missing required parameter: 'file'.",
          'file',
        )
      const model = checkRequest(fields, file)
      const audio = readAudio(file.bytes)
      checkLength(audio, model)
      const streams = fields.stream && model.streams
      if (streams) reply.startStream()
      const text = await hear(audio.samples, {
        via: 'upload',
        sampleRate: audio.sampleRate,
        model: fields.model,
        turn: number,
        settings: { ...fields },
      })
      const spoken = { heard: timeText(text, audio), fields, model }
      if (streams) reply.stream(streamEvents(spoken), deltaMs(number))
      else reply.content(200, answers[fields.format]!(spoken))
    } catch (error) {
      if (error instanceof FieldError) reply.error(error.status, error.error)
      else reply.fail()
    }
  }
}
