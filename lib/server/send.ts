import type { IncomingMessage, ServerResponse } from 'node:http'
import { FieldError } from '../openai/wire/request-fields.ts'
import {
  type ServiceErrorBody,
  serverError,
} from '../openai/wire/service-error.ts'
import { Refused } from './refused.ts'

/**
 * How long a body that nobody wants is still read, in ms: a client that is
 * cut off while it sends may lose the answer that tells it why.
 */
const LINGER_MS = 2_000

/** How long a client may take nothing of an answer that is ready, in ms. */
const MAX_SLOW_MS = 30_000

/** An answer's status, headers and body. */
export type Sent = {
  readonly status: number
  readonly type: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

const hasBody = ({ headers, complete }: IncomingMessage): boolean =>
  !complete &&
  (headers['transfer-encoding'] !== undefined ||
    Number(headers['content-length'] ?? 0) > 0)

/**
 * Ends an answer that is written, once the client is done with sending what
 * is of no use any more.
 */
export const endAnswer = (response: ServerResponse): void => {
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

/** Sends a whole answer, also while the request is still coming. */
export const send = (
  response: ServerResponse,
  { status, type, body, headers = {} }: Sent,
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
  endAnswer(response)
}

/** Lets a client send its body, if it asked before it did. */
export const acceptBody = (response: ServerResponse): void => {
  if (response.req.headers.expect !== undefined) response.writeContinue()
}

/** Sends a value. */
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

/** Sends an error in the service's form. */
export const sendError = (
  response: ServerResponse,
  status: number,
  error: ServiceErrorBody,
  headers?: Readonly<Record<string, string>>,
): void => sendJson(response, status, { error }, headers)

/** Sends what went wrong, as far as a client may know it. */
export const sendFailure = (response: ServerResponse, error: unknown): void => {
  if (response.headersSent) return void response.destroy()
  if (error instanceof Refused)
    sendError(response, error.status, error.error, error.headers)
  else if (error instanceof FieldError)
    sendError(response, error.status, error.error)
  else sendError(response, 500, serverError)
}
