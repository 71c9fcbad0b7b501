import type { IncomingMessage, ServerResponse } from 'node:http'
import { newId } from '../openai/wire/server-event.ts'
import { invalidRequest, shuttingDown } from '../openai/wire/service-error.ts'
import { createClientSecret } from './client-secrets.ts'
import type { LocalModels } from './engines.ts'
import { type SourceRules, checkKey, checkSource } from './guard.ts'
import {
  HttpError,
  readJson,
  badRequest,
  sendContinue,
  send,
  sendJson,
  urlOf,
  sendFailure,
} from './http-messages.ts'
import type { ServerContext } from './server-context.ts'
import type { UploadEndpoint } from './uploads/upload-endpoint.ts'

/** A model as `GET /v1/models` shows it. */
const describeModel = (id: string) => ({
  id,
  object: 'model',
  created: 0,
  owned_by: 'voxpipe',
})

const decoded = (id: string): string => {
  try {
    return decodeURIComponent(id)
  } catch {
    return id
  }
}

/**
 * Returns a model. Its name may be percent-encoded, since some have a slash.
 * @throws HttpError if there is none
 */
const findModel = (name: string, models: LocalModels) => {
  const id = decoded(name)
  if (Object.hasOwn(models, id)) return describeModel(id)
  throw new HttpError(
    404,
    invalidRequest(
      'model_not_found',
      'There is no such model. GET /v1/models lists the available models.',
      'model',
    ),
  )
}

type RouteCall = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly context: ServerContext
  readonly uploads: UploadEndpoint
  /** Part of the path in place of `{id}`. */
  readonly id: string
}

type Route = {
  readonly method: 'GET' | 'POST'
  /** Label in metrics. */
  readonly path: string
  readonly pattern: RegExp
  /** Whether it needs no key. */
  readonly open?: boolean
  readonly answer: (call: RouteCall) => void | Promise<void>
}

const route = (
  method: Route['method'],
  path: string,
  answer: Route['answer'],
): Route => ({
  method,
  path,
  pattern: new RegExp(`^${path.replace('{id}', '([^/]+)')}$`),
  answer,
})

/** All routes except Realtime, which is an upgrade. */
const routes: readonly Route[] = [
  route('POST', '/v1/audio/transcriptions', ({ uploads, request, response }) =>
    uploads.answer(request, response),
  ),
  route('POST', '/v1/audio/translations', () => {
    throw badRequest(
      'This server transcribes speech in its own language and does not translate. Use /v1/audio/transcriptions.',
    )
  }),
  route('GET', '/v1/models', ({ response, context }) =>
    sendJson(response, 200, {
      object: 'list',
      data: Object.keys(context.engines.models).map(describeModel),
    }),
  ),
  route('GET', '/v1/models/{id}', ({ response, id, context }) =>
    sendJson(response, 200, findModel(id, context.engines.models)),
  ),
  route(
    'POST',
    '/v1/realtime/client_secrets',
    async ({ context, request, response }) => {
      sendContinue(response)
      const body = await readJson(request, context.options.maxStallMs)
      sendJson(response, 200, createClientSecret(context, body))
    },
  ),
  {
    ...route('GET', '/health', ({ response }) =>
      sendJson(response, 200, { status: 'ok' }),
    ),
    open: true,
  },
  route('GET', '/metrics', async ({ context, response }) =>
    send(response, {
      status: 200,
      type: context.metrics.contentType,
      body: await context.metrics.text(),
    }),
  ),
]

/** How long a browser may cache a preflight, in seconds. */
const MAX_AGE = 600

const allowOrigin = (response: ServerResponse, origin: string): void => {
  response.setHeader('access-control-allow-origin', origin)
  response.setHeader(
    'access-control-expose-headers',
    'x-request-id, retry-after',
  )
  response.setHeader('vary', 'origin')
}

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

const METHODS = new Set(['GET', 'POST', 'OPTIONS', 'HEAD'])

/** Answers HTTP requests, including preflights and errors. */
export class RequestHandler {
  readonly #context: ServerContext
  readonly #uploads: UploadEndpoint
  #closing = false

  constructor(context: ServerContext, uploads: UploadEndpoint) {
    this.#context = context
    this.#uploads = uploads
  }

  close(): void {
    this.#closing = true
  }

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
      if (this.#closing)
        throw new HttpError(503, shuttingDown, { connection: 'close' })
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
