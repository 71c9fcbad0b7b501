import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { Spool } from '../../io/temporary-files.ts'
import { serverError } from '../../openai/wire/service-error.ts'
import {
  FieldError,
  type RequestFields,
  refuse,
} from '../../openai/wire/request-fields.ts'
import type { ServerContext } from '../context.ts'
import { Refused, badRequest } from '../refused.ts'
import { acceptBody, send } from '../send.ts'
import { contentOf } from './content.ts'
import { EventStream } from './event-stream.ts'
import { asRefusal } from './failure.ts'
import { type FormFile, FormReader } from './form-reader.ts'
import { type Heard, hear } from './hear.ts'
import { heardOf } from './heard.ts'
import { type Wish, readWish } from './wish.ts'

/**
 * One upload, from its body to its answer. Where the model comes before the
 * file, the file is heard as it comes, and a turn is told as soon as it is
 * known. Where it comes behind, the file waits on disk for it.
 *
 * Audio that ends before its container says so, or is damaged in places, is
 * heard as far as it goes, as OpenAI does it; the header `x-voxpipe-warning`
 * has the codes of what is wrong with it.
 */
export class UploadJob {
  readonly #context: ServerContext
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #abort: AbortController
  #reader: FormReader | undefined
  #file: FormFile | undefined
  #spool: Spool | undefined
  #spooled: Promise<void> | undefined
  /** What was asked for when the file began to be heard. */
  #wish: Wish | undefined
  #hearing: Promise<Heard> | undefined
  #events: EventStream | undefined

  /** @param abort ends it */
  constructor(
    context: ServerContext,
    request: IncomingMessage,
    response: ServerResponse,
    abort: AbortController,
  ) {
    this.#context = context
    this.#request = request
    this.#response = response
    this.#abort = abort
  }

  /**
   * Reads, hears and answers.
   *
   * @throws Refused, FieldError or whatever went wrong, where no answer has
   * begun; one in events tells it itself
   */
  async run(): Promise<void> {
    try {
      await this.#answer(await this.#read())
    } catch (error) {
      const reason = asRefusal(
        this.#abort.signal.aborted ? this.#abort.signal.reason : error,
      )
      this.#abort.abort(reason)
      if (!this.#events) throw reason
      this.#events.fail(
        reason instanceof Refused || reason instanceof FieldError
          ? reason.error
          : serverError,
      )
    } finally {
      this.#file?.bytes.destroy()
      await Promise.allSettled([this.#spooled, this.#hearing])
      await this.#spool?.remove()
    }
  }

  /** Reads the form, and answers with what it asks for. */
  async #read(): Promise<Wish> {
    const { maxUploadBytes, maxStallMs, maxDurationMs } = this.#context.options
    const reader = new FormReader(this.#request, maxUploadBytes, {
      onFile: file => this.#take(file),
      maxStallMs,
      // A recording in progress comes no slower than it is made.
      maxWaitMs: maxDurationMs + maxStallMs,
      signal: this.#abort.signal,
    })
    this.#reader = reader
    acceptBody(this.#response)
    await reader.read()
    if (!this.#file)
      return refuse(
        'missing_required_parameter',
        "Missing required parameter: 'file'.",
        'file',
      )
    const wish = this.#check(this.#file)
    if (this.#wish && this.#wish.fields.model !== wish.fields.model)
      throw badRequest("'model' was given twice.")
    return wish
  }

  /** The file begins. */
  #take(file: FormFile): void {
    this.#file = file
    if (this.#reader?.fields.values.has('model'))
      void this.#hear(this.#check(file), file.bytes)
    else this.#spooled = this.#keep(file.bytes)
    // Whoever is waiting for the rest of the form must not wait in vain.
    const work = this.#hearing ?? this.#spooled
    work?.catch((error: unknown) => this.#abort.abort(error))
  }

  #check(file: FormFile): Wish {
    const wish = readWish(
      this.#reader!.fields.values,
      file,
      this.#context.engines,
    )
    this.#reader!.limit(wish.model.maxBytes ?? Infinity)
    return wish
  }

  async #keep(bytes: Readable): Promise<void> {
    // How long a body may be is checked as it comes.
    const spool = (this.#spool = await Spool.open(Infinity))
    for await (const part of bytes as AsyncIterable<Buffer>)
      await spool.write(part)
  }

  #hear(wish: Wish, input: string | Readable): Promise<Heard> {
    const { model, fields, streams } = wish
    const { options, engines } = this.#context
    this.#wish = wish
    this.#hearing = hear(input, {
      recognizer: engines.recognizerOf(model),
      language: engines.expectedLanguage(fields),
      ...engines.keywordsOf(fields.keywords),
      maxMs: Math.min(options.maxDurationMs, 1_000 * model.maxSeconds),
      abort: this.#abort,
      onAudio: () => {
        if (streams) this.#startEvents(fields)
      },
      onFinal: final => this.#events?.final(final),
    })
    return this.#hearing
  }

  #startEvents({ include }: RequestFields): EventStream {
    return (this.#events = new EventStream(this.#response, include.length > 0))
  }

  async #answer(wish: Wish): Promise<void> {
    const { fields, model, streams } = wish
    const { engines, metrics } = this.#context
    await this.#spooled
    const heard = await (this.#hearing ?? this.#hear(wish, this.#spool!.path))
    metrics.audio('upload', heard.ms / 1_000)
    const { finals, ms } = heard
    const language = engines.expectedLanguage(fields)
    const spoken = { heard: heardOf(finals, ms, language), fields, model }
    const warned = heard.warnings.length > 0
    // Asked for behind the file: it is told in events all the same.
    if (streams && !this.#events) {
      const events = this.#startEvents(fields)
      for (const final of finals) events.final(final)
    }
    if (this.#events) this.#events.done(spoken)
    else
      send(this.#response, {
        status: 200,
        ...contentOf(spoken, finals),
        ...(warned && {
          headers: { 'x-voxpipe-warning': heard.warnings.join(', ') },
        }),
      })
  }
}
