import {
  type IncomingMessage,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http'
import type { Duplex } from 'node:stream'
import { newId } from '../openai/wire/server-event.ts'
import { FieldError } from '../openai/wire/request-fields.ts'
import {
  type ServiceErrorBody,
  invalidRequest,
  serverError,
} from '../openai/wire/service-error.ts'
import { StallTimer } from './timeouts.ts'

/** URL of a request; only its path and query are meaningful. */
export const urlOf = ({ url = '/' }: IncomingMessage): URL => {
  const path = url.startsWith('/') ? url : `/${url}`
  return new URL(`http://localhost${path}`)
}

/** Refuses a request with an HTTP status and a service error. */
export class HttpError extends Error {
  readonly status: number
  readonly error: ServiceErrorBody
  readonly headers: Readonly<Record<string, string>>
  constructor(
    status: number,
    error: ServiceErrorBody,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(error.message)
    this.status = status
    this.error = error
    this.headers = headers
  }
}

export const badRequest = (message: string, status = 400): HttpError =>
  new HttpError(status, invalidRequest(null, message))

/**
 * How long the rest of a body is still read, in ms. A client that is cut off
 * while it sends may lose the answer.
 */
const LINGER_MS = 2_000

/** How long a client may take to read a finished answer, in ms. */
const MAX_SLOW_MS = 30_000

type HttpAnswer = {
  readonly status: number
  readonly type: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

const hasBody = ({ headers, complete }: IncomingMessage): boolean =>
  !complete &&
  (headers['transfer-encoding'] !== undefined ||
    Number(headers['content-length'] ?? 0) > 0)

/** Ends an answer once the client has finished sending its body. */
export const endResponse = (response: ServerResponse): void => {
  const request = response.req
  response.setTimeout(MAX_SLOW_MS)
  if (!hasBody(request)) return void response.end()
  const timer = setTimeout(() => request.destroy(), LINGER_MS)
  const over = (): void => {
    clearTimeout(timer)
    response.end()
  }
  request.once('end', over)
  request.once('close', over)
  request.resume()
}

/** Sends a whole answer, even if the request is still arriving. */
export const send = (
  response: ServerResponse,
  { status, type, body, headers = {} }: HttpAnswer,
): void => {
  if (response.destroyed || response.headersSent) return
  const unread = hasBody(response.req)
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    ...(unread && { connection: 'close' }),
    ...headers,
  })
  response.write(body)
  endResponse(response)
}

/** Lets a client that waits for a go-ahead send its body. */
export const sendContinue = (response: ServerResponse): void => {
  if (response.req.headers.expect !== undefined) response.writeContinue()
}

export const sendJson = (
  response: ServerResponse,
  status: number,
  value: unknown,
  headers?: Readonly<Record<string, string>>,
): void =>
  send(response, {
    status,
    type: 'application/json',
    body: JSON.stringify(value),
    ...(headers && { headers }),
  })

export const sendError = (
  response: ServerResponse,
  status: number,
  error: ServiceErrorBody,
  headers?: Readonly<Record<string, string>>,
): void => sendJson(response, status, { error }, headers)

/** Sends an error without internal details. */
export const sendFailure = (response: ServerResponse, error: unknown): void => {
  if (response.headersSent) return void response.destroy()
  if (error instanceof HttpError)
    sendError(response, error.status, error.error, error.headers)
  else if (error instanceof FieldError)
    sendError(response, error.status, error.error)
  else sendError(response, 500, serverError)
}

/**
 * Sends an error on a socket without a response, and closes it: before an
 * upgrade, or after malformed HTTP.
 */
export const refuseSocket = (
  socket: Duplex,
  status: number,
  error: ServiceErrorBody,
  headers: Readonly<Record<string, string>> = {},
): void => {
  const body = JSON.stringify({ error })
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${newId('req')}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ]
  socket.on('error', () => {}) // the client is gone
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}

const answers: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The request header is too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request took too long to arrive.'],
}

/** Node keeps the current response of a socket under this name. */
type BusySocket = Duplex & {
  readonly _httpMessage?: { readonly headersSent: boolean } | null
}

/** Answers malformed HTTP, unless an answer has begun. */
export const onClientError = (
  error: NodeJS.ErrnoException,
  socket: BusySocket,
): void => {
  if (!socket.writable || socket._httpMessage?.headersSent)
    return void socket.destroy()
  const [status, message] = answers[error.code ?? ''] ?? [
    400,
    'Malformed HTTP request.',
  ]
  refuseSocket(socket, status, invalidRequest(null, message))
}

const MAX_JSON = 65_536

const JSON_TYPE = /^application\/json\s*(;|$)/i

/**
 * Reads a JSON body. A client that stalls is disconnected.
 * @throws HttpError if it is not JSON, or too long
 */
export const readJson = async (
  request: IncomingMessage,
  maxStallMs: number,
): Promise<unknown> => {
  if (!JSON_TYPE.test(request.headers['content-type'] ?? ''))
    throw badRequest("The content type must be 'application/json'.")
  const parts: Buffer[] = []
  let bytes = 0
  const stall = new StallTimer(maxStallMs, () => request.destroy())
  try {
    // Sending the answer drains the rest.
    const body = request.iterator({ destroyOnReturn: false })
    for await (const part of body as AsyncIterable<Buffer>) {
      stall.touch()
      bytes += part.length
      if (bytes > MAX_JSON)
        throw badRequest(`The body is longer than ${MAX_JSON} bytes.`, 413)
      parts.push(part)
    }
  } finally {
    stall.stop()
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString()) as unknown
  } catch {
    throw badRequest('We could not parse the JSON body of your request.')
  }
}
