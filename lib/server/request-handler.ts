import type { IncomingMessage, ServerResponse } from 'node:http'
import { newId } from '../openai/wire/server-event.ts'
import { invalidRequest, shuttingDown } from '../openai/wire/service-error.ts'
import { type SourceRules, checkKey, checkSource } from './guard.ts'
import { HttpError, urlOf, sendFailure } from './http-messages.ts'
import { type Route, routes } from './routes.ts'
import type { ServerContext } from './server-context.ts'
import type { UploadEndpoint } from './uploads/upload-endpoint.ts'

/** How long a browser may cache a preflight, in seconds. */
const MAX_AGE = 600

/** Lets pages of an origin read the answer. */
const allowOrigin = (response: ServerResponse, origin: string): void => {
  response.setHeader('access-control-allow-origin', origin)
  response.setHeader(
    'access-control-expose-headers',
    'x-request-id, retry-after',
  )
  response.setHeader('vary', 'origin')
}

/** Whether a request is a CORS preflight. */
const isPreflight = ({ method, headers }: IncomingMessage): boolean =>
  method === 'OPTIONS' && headers['access-control-request-method'] !== undefined

/** Allows any header: SDKs send many of their own. */
const answerPreflight = (
  { headers }: IncomingMessage,
  response: ServerResponse,
): void => {
  const wanted = headers['access-control-request-headers']
  response.writeHead(204, {
    'access-control-allow-methods': 'GET, POST',
    ...(wanted !== undefined && { 'access-control-allow-headers': wanted }),
    'access-control-max-age': String(MAX_AGE),
  })
  response.end()
}

/** Methods that metrics name. */
const METHODS = new Set(['GET', 'POST', 'OPTIONS', 'HEAD'])

/** Answers HTTP requests: checks, routing and errors. */
export class RequestHandler {
  readonly #context: ServerContext
  readonly #uploads: UploadEndpoint
  #closing = false

  constructor(context: ServerContext, uploads: UploadEndpoint) {
    this.#context = context
    this.#uploads = uploads
  }

  /** Refuses all further requests. */
  close(): void {
    this.#closing = true
  }

  /** Answers a request. */
  handle(
    request: IncomingMessage,
    response: ServerResponse,
    rules: SourceRules,
  ): void {
    request.on('error', () => {}) // the client is gone
    response.on('error', () => {})
    response.setHeader('x-request-id', newId('req'))
    const { pathname } = urlOf(request)
    const found = routes.filter(({ pattern }) => pattern.test(pathname))
    const label = found[0]?.path ?? 'other'
    this.#countRequest(request, response, label)
    try {
      if (this.#closing) throw closing()
      const verdict = checkSource(request.headers, rules)
      if (!verdict.allowed) throw new HttpError(403, verdict.error)
      if (verdict.origin !== undefined) {
        allowOrigin(response, verdict.origin)
        if (isPreflight(request)) return answerPreflight(request, response)
      }
      const route = this.#routeOf(request, pathname, found)
      const id = route.pattern.exec(pathname)?.[1] ?? ''
      const call = {
        request,
        response,
        context: this.#context,
        uploads: this.#uploads,
        id,
      }
      Promise.resolve(route.answer(call)).catch((error: unknown) =>
        sendFailure(response, error),
      )
    } catch (error) {
      sendFailure(response, error)
    }
  }

  /** @throws HttpError */
  #routeOf(
    request: IncomingMessage,
    pathname: string,
    found: readonly Route[],
  ): Route {
    const { apiKeys } = this.#context.options
    const problem = checkKey(
      request.headers,
      apiKeys.length > 0,
      this.#context.isKey,
    )
    const route = found.find(({ method }) => method === request.method)
    if (problem && !route?.open) throw new HttpError(401, problem)
    if (route) return route
    const wrong = (status: number, message: string, headers = {}): HttpError =>
      new HttpError(status, invalidRequest(null, message), headers)
    if (found.length === 0)
      throw wrong(404, `Invalid URL (${request.method} ${pathname})`)
    throw wrong(
      405,
      `Not allowed to ${request.method} on ${pathname} (HINT: Perhaps you meant to use a different HTTP method?)`,
      { allow: found.map(({ method }) => method).join(', ') },
    )
  }

  #countRequest(
    request: IncomingMessage,
    response: ServerResponse,
    route: string,
  ): void {
    const { method = '' } = request
    const start = performance.now()
    response.once('close', () => {
      this.#context.metrics.request(
        METHODS.has(method) ? method : 'other',
        route,
        response.headersSent ? response.statusCode : 0,
        (performance.now() - start) / 1_000,
      )
      // No more requests are accepted on this connection.
      if (this.#closing) request.socket.destroySoon()
    })
  }
}

const closing = (): HttpError =>
  new HttpError(503, shuttingDown, { connection: 'close' })
