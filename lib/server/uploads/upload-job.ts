import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type { FinalEvent } from '../../core/transcript-event.ts'
import { Spool } from '../../io/temporary-files.ts'
import {
  checkRequest,
  type RequestFields,
  readFields,
  refuse,
  FieldError,
  refuseWithoutFile,
} from '../../openai/wire/request-fields.ts'
import { piecesOf } from '../../openai/wire/answers.ts'
import type { ServerContext } from '../server-context.ts'
import { logprobsIn } from '../logprob.ts'
import { serverError } from '../../openai/wire/service-error.ts'
import { type Engines, DIARIZING, type LocalModel } from '../engines.ts'
import { HttpError, badRequest, sendContinue, send } from '../http-messages.ts'
import { type FormFile, FormReader } from './form-reader.ts'
import {
  EventStream,
  contentOf,
  deltaEvents,
  doneEvent,
} from './upload-answer.ts'
import {
  type UploadTranscript,
  toHttpError,
  transcribeUpload,
  timedTextOf,
} from './upload-transcript.ts'

type TranscriptionRequest = {
  readonly fields: RequestFields
  readonly model: LocalModel
  readonly streams: boolean
}

const knownLanguage = (code: string, param: string, engines: Engines): string =>
  engines.languageOf(code) ??
  refuse(
    'unsupported_value',
    `Invalid value for '${param}'. ${engines.languageAdvice}`,
    param,
  )

const checkAbilities = (fields: RequestFields, model: LocalModel): void => {
  if (fields.stream && model.anyFile && !/^(json|text)$/.test(fields.format))
    refuse(
      'unsupported_value',
      `'stream' needs response_format 'json' or 'text'.`,
      'stream',
    )
}

const refuseSpeakers = (fields: RequestFields): void => {
  const param =
    fields.model === DIARIZING
      ? 'model'
      : fields.format === 'diarized_json'
        ? 'response_format'
        : undefined
  if (param)
    refuse(
      'unsupported_value',
      'This server does not identify speakers. Use another model, and response_format json, text, srt, verbose_json or vtt.',
      param,
    )
}

/**
 * Reads a request and checks it against this server's abilities. A prompt and
 * the temperature have no effect.
 * @throws FieldError
 */
const readRequest = (
  form: ReadonlyMap<string, readonly string[]>,
  file: Pick<FormFile, 'name' | 'type'>,
  engines: Engines,
): TranscriptionRequest => {
  const read = readFields(form)
  refuseSpeakers(read)
  const fields: RequestFields = {
    ...read,
    language:
      read.language && knownLanguage(read.language, 'language', engines),
    languages: read.languages.map(code =>
      knownLanguage(code, 'languages', engines),
    ),
  }
  const model = checkRequest(fields, file, engines.models) as LocalModel
  checkAbilities(fields, model)
  return { fields, model, streams: fields.stream && model.streams }
}

/**
 * One upload, from its body to its answer. If the model precedes the file, the
 * file is transcribed as it arrives, and each turn is sent as soon as it is
 * known. Otherwise the file waits on disk.
 *
 * Truncated or damaged audio is transcribed as far as possible, as OpenAI does;
 * the header `x-voxpipe-warning` has the codes of the warnings.
 */
export class UploadJob {
  readonly #context: ServerContext
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #controller: AbortController
  #reader: FormReader | undefined
  #file: FormFile | undefined
  #spool: Spool | undefined
  #spooled: Promise<void> | undefined
  /** The request when the transcription began. */
  #wanted: TranscriptionRequest | undefined
  #transcript: Promise<UploadTranscript> | undefined
  #events: EventStream | undefined
  #hasSentText = false

  constructor(
    context: ServerContext,
    request: IncomingMessage,
    response: ServerResponse,
    abort: AbortController,
  ) {
    this.#context = context
    this.#request = request
    this.#response = response
    this.#controller = abort
  }

  /**
   * Reads, transcribes and answers.
   * @throws HttpError, FieldError or another error if no answer has begun; a
   * stream of events reports its own
   */
  async run(): Promise<void> {
    try {
      await this.#answer(await this.#read())
    } catch (error) {
      const reason = toHttpError(
        this.#controller.signal.aborted
          ? this.#controller.signal.reason
          : error,
      )
      this.#controller.abort(reason)
      if (!this.#events) throw reason
      this.#events.fail(
        reason instanceof HttpError || reason instanceof FieldError
          ? reason.error
          : serverError,
      )
    } finally {
      this.#file?.bytes.destroy()
      await Promise.allSettled([this.#spooled, this.#transcript])
      await this.#spool?.remove()
    }
  }

  async #read(): Promise<TranscriptionRequest> {
    const { maxUploadBytes, maxStallMs, maxDurationMs } = this.#context.options
    const reader = new FormReader(this.#request, maxUploadBytes, {
      onFile: file => this.#onFile(file),
      maxStallMs,
      // A recording in progress arrives no slower than real time.
      maxWaitMs: maxDurationMs + maxStallMs,
      signal: this.#controller.signal,
    })
    this.#reader = reader
    sendContinue(this.#response)
    await reader.read()
    if (!this.#file) return refuseWithoutFile()
    const wanted = this.#check(this.#file)
    if (this.#wanted && this.#wanted.fields.model !== wanted.fields.model)
      throw badRequest("'model' was given twice.")
    return wanted
  }

  #onFile(file: FormFile): void {
    this.#file = file
    if (this.#reader?.fields.has('model'))
      void this.#transcribe(this.#check(file), file.bytes)
    else this.#spooled = this.#spoolFile(file.bytes)
    // Stop waiting for the rest of the form.
    const work = this.#transcript ?? this.#spooled
    work?.catch((error: unknown) => this.#controller.abort(error))
  }

  #check(file: FormFile): TranscriptionRequest {
    const wanted = readRequest(
      this.#reader!.fields,
      file,
      this.#context.engines,
    )
    this.#reader!.limit(wanted.model.maxBytes ?? Infinity)
    return wanted
  }

  async #spoolFile(bytes: Readable): Promise<void> {
    // The reader checks the length of the body.
    const spool = (this.#spool = await Spool.open(Infinity))
    for await (const part of bytes as AsyncIterable<Buffer>)
      await spool.write(part)
  }

  #transcribe(
    wanted: TranscriptionRequest,
    input: string | Readable,
  ): Promise<UploadTranscript> {
    const { model, fields, streams } = wanted
    const { options, engines } = this.#context
    this.#wanted = wanted
    this.#transcript = transcribeUpload(input, {
      recognizer: engines.recognizerOf(model),
      language: engines.expectedLanguage(fields),
      ...engines.keywordsOf(fields.keywords),
      maxMs: Math.min(options.maxDurationMs, 1_000 * model.maxSeconds),
      abort: this.#controller,
      onAudio: () => {
        if (streams) this.#events = new EventStream(this.#response)
      },
      onFinal: final => this.#sendFinal(final, fields),
    })
    return this.#transcript
  }

  /** Sends the pieces of a turn, with a space before later turns. */
  #sendFinal({ text, words = [] }: FinalEvent, fields: RequestFields): void {
    if (!this.#events) return
    const pieces = piecesOf(this.#hasSentText ? ` ${text}` : text)
    this.#hasSentText = true
    const logprobs = fields.include.length > 0 ? logprobsIn(pieces, words) : []
    for (const event of deltaEvents(pieces, logprobs)) this.#events.send(event)
  }

  async #answer(wanted: TranscriptionRequest): Promise<void> {
    const { fields, model, streams } = wanted
    const { engines, metrics } = this.#context
    await this.#spooled
    const transcript = await (this.#transcript ??
      this.#transcribe(wanted, this.#spool!.path))
    metrics.audio('upload', transcript.ms / 1_000)
    const { finals, ms } = transcript
    const language = engines.expectedLanguage(fields)
    const spoken = {
      transcript: timedTextOf(finals, ms, language),
      fields,
      model,
    }
    const warned = transcript.warnings.length > 0
    // `stream` came after the file.
    if (streams && !this.#events) {
      this.#events = new EventStream(this.#response)
      for (const final of finals) this.#sendFinal(final, fields)
    }
    if (this.#events) {
      this.#events.send(doneEvent(spoken))
      this.#events.end()
    } else
      send(this.#response, {
        status: 200,
        ...contentOf(spoken, finals),
        ...(warned && {
          headers: { 'x-voxpipe-warning': transcript.warnings.join(', ') },
        }),
      })
  }
}
