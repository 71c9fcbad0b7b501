import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import {
  Busboy,
  type BusboyFileStream,
  type BusboyInstance,
} from '@fastify/busboy'
import { serverError } from '../../openai/wire/service-error.ts'
import { HttpError, badRequest } from '../http-messages.ts'
import { StallTimer } from '../timeouts.ts'

/** Longest boundary of RFC 2046, in characters. */
const MAX_BOUNDARY = 70

const FORM = /^multipart\/form-data\s*;/i
const BOUNDARY = /;\s*boundary=(?:"([^"\\]*)"|([^\s";,]*))\s*(?:;|$)/i
const CHARACTERS = /^[\w'()+,./:=? -]*[\w'()+,./:=?-]$/

const badForm = () => badRequest('Could not parse multipart form')

/**
 * Reduces the content type of a form to its boundary.
 * @throws HttpError if it is not a form, or its boundary is malformed
 */
export const formType = (contentType = ''): string => {
  const [, quoted, plain = ''] = BOUNDARY.exec(contentType) ?? []
  const boundary = quoted ?? plain
  if (!FORM.test(contentType) || !CHARACTERS.test(boundary)) throw badForm()
  if (boundary.length > MAX_BOUNDARY) throw badForm()
  return `multipart/form-data; boundary="${boundary}"`
}

/** Most text of all fields together, in bytes, names included. */
const MAX_FIELD_BYTES = 1_048_576

export type FormFile = {
  readonly name: string
  readonly type: string
  readonly bytes: Readable
}

export type FormReaderOptions = {
  /** Called when the file begins. The client is paused while it is not read. */
  readonly onFile: (file: FormFile) => void
  /**
   * Most text of all fields together, in bytes, names included.
   * @default 1048576
   */
  readonly maxFieldBytes?: number
  /** Longest time without data while the client is not paused, in ms. */
  readonly maxStallMs: number
  /** Longest total time spent waiting for data, in ms. */
  readonly maxWaitMs: number
  readonly signal: AbortSignal
}

const LIMITS = {
  fields: 1_000,
  files: 8,
  parts: 1_000,
  headerPairs: 32,
  headerSize: 16_384,
}

/** Refusal of a body that is too long, of which every byte counts. */
export const tooLarge = (limit: number, bytes: number): HttpError =>
  new HttpError(413, {
    ...serverError,
    message: `Maximum content size limit (${limit}) exceeded (${bytes} bytes read)`,
  })

const tooSlow = (): HttpError => badRequest('Upload stalled.', 408)

/**
 * Reads a form from a request, no faster than its file is consumed. The request
 * stays open: sending the answer drains the rest.
 */
export class FormReader {
  readonly fields = new Map<string, string[]>()
  readonly #request: IncomingMessage
  readonly #options: FormReaderOptions
  readonly #parser: BusboyInstance
  readonly #declared: number
  readonly #maxFieldBytes: number
  #maxBytes: number
  #bytes = 0
  #fieldBytes = 0
  #files = 0
  #failure: Error | undefined
  #reject: ((error: Error) => void) | undefined

  /** @throws HttpError if it is not a form, or declares too long a body */
  constructor(
    request: IncomingMessage,
    maxBytes: number,
    options: FormReaderOptions,
  ) {
    this.#request = request
    this.#options = options
    this.#maxBytes = maxBytes
    this.#maxFieldBytes = options.maxFieldBytes ?? MAX_FIELD_BYTES
    this.#declared = Number(request.headers['content-length'] ?? 0)
    const type = formType(request.headers['content-type'])
    this.#checkSize()
    this.#parser = new Busboy({
      headers: { ...request.headers, 'content-type': type },
      limits: { ...LIMITS, fieldSize: this.#maxFieldBytes },
      isPartAFile: (field, _, name) => field === 'file' || name !== undefined,
    })
    this.#listen()
  }

  get bytes(): number {
    return this.#bytes
  }

  /** @throws HttpError if the body is, or is declared to be, longer */
  limit(maxBytes: number): void {
    this.#maxBytes = Math.min(this.#maxBytes, maxBytes)
    this.#checkSize()
  }

  /**
   * Reads to the end of the form.
   * @throws HttpError if it is malformed, too long, or stalls
   */
  async read(): Promise<void> {
    const { signal, maxStallMs, maxWaitMs } = this.#options
    let waited = 0
    const onAbort = (): void => this.#fail(signal.reason as Error)
    const stall = new StallTimer(maxStallMs, () => this.#fail(tooSlow()))
    signal.addEventListener('abort', onAbort)
    if (signal.aborted) onAbort()
    try {
      for (;;) {
        stall.touch()
        const start = performance.now()
        const part = await this.#next()
        stall.stop()
        waited += performance.now() - start
        if (waited > maxWaitMs) throw tooSlow()
        if (!part) return await this.#end()
        this.#bytes += part.length
        this.#checkSize()
        await this.#write(part)
      }
    } finally {
      stall.stop()
      signal.removeEventListener('abort', onAbort)
      this.#reject = undefined
    }
  }

  #listen(): void {
    const parser = this.#parser
    parser.on('error', () => this.#fail(badForm()))
    for (const limit of ['partsLimit', 'fieldsLimit', 'filesLimit'] as const)
      parser.on(limit, () =>
        this.#fail(badRequest('The form has too many parts.', 413)),
      )
    parser.on('field', (name: string | undefined, value, _, truncated) =>
      this.#try(() => this.#addField(name ?? '', value, truncated)),
    )
    parser.on('file', (field, bytes, name, _, type) =>
      this.#try(() => this.#onFile(field, bytes, name, type)),
    )
  }

  #addField(name: string, value: string, truncated: boolean): void {
    this.#fieldBytes += name.length + value.length
    if (truncated || this.#fieldBytes > this.#maxFieldBytes)
      throw badRequest('The fields of the form are too large.', 413)
    const known = this.fields.get(name)
    if (known) known.push(value)
    else this.fields.set(name, [value])
  }

  #onFile(
    field: string,
    bytes: BusboyFileStream,
    name: string | undefined,
    type: string,
  ): void {
    bytes.on('error', () => this.#fail(badForm()))
    if (field !== 'file') return void bytes.resume()
    if (++this.#files > 1) throw badRequest("Only one 'file' can be given.")
    this.#options.onFile({ name: name ?? '', type, bytes })
  }

  /** Listeners must not throw into the parser. */
  #try(step: () => void): void {
    if (this.#failure) return
    try {
      step()
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#reject?.(this.#failure)
  }

  #checkSize(): void {
    const bytes = Math.max(this.#bytes, this.#declared)
    if (bytes > this.#maxBytes) throw tooLarge(this.#maxBytes, bytes)
  }

  async #next(): Promise<Buffer | undefined> {
    const request = this.#request
    const events = ['readable', 'end', 'close']
    let read = (): void => {}
    try {
      return await this.#unlessFailed<Buffer | undefined>(resolve => {
        read = () => {
          const part = request.read() as Buffer | null
          if (part !== null) resolve(part)
          else if (request.readableEnded) resolve(undefined)
          else if (request.destroyed) this.#fail(badForm())
        }
        for (const event of events) request.on(event, read)
        read()
      })
    } finally {
      for (const event of events) request.off(event, read)
    }
  }

  #write(part: Buffer): Promise<void> {
    return this.#unlessFailed(resolve => {
      this.#parser.write(part, () => resolve())
    })
  }

  #end(): Promise<void> {
    return this.#unlessFailed(resolve => {
      this.#parser.once('finish', resolve).end()
    })
  }

  async #unlessFailed<T>(step: (resolve: (value: T) => void) => void) {
    const value = await new Promise<T>((resolve, reject) => {
      this.#reject = reject
      if (this.#failure) reject(this.#failure)
      else step(resolve)
    })
    if (this.#failure) throw this.#failure
    return value
  }
}
