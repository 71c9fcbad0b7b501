import type { IncomingMessage, ServerResponse } from 'node:http'
import { invalidRequest } from '../openai/wire/service-error.ts'
import { createClientSecret } from './client-secrets.ts'
import {
  HttpError,
  readJson,
  badRequest,
  sendContinue,
  send,
  sendJson,
} from './http-messages.ts'
import type { LocalModels } from './served-models.ts'
import type { ServerContext } from './server-context.ts'
import type { UploadEndpoint } from './uploads/upload-endpoint.ts'

/** A model as `GET /v1/models` shows it. */
const describeModel = (id: string) => ({
  id,
  object: 'model',
  created: 0,
  owned_by: 'voxpipe',
})

/** All models. */
const listModels = (models: LocalModels) => ({
  object: 'list',
  data: Object.keys(models).map(describeModel),
})

const decoded = (id: string): string => {
  try {
    return decodeURIComponent(id)
  } catch {
    return id
  }
}

/**
 * The model of a name, which may be percent-encoded: some have a slash.
 *
 * @throws HttpError if there is no such model
 */
const findModel = (name: string, models: LocalModels) => {
  const id = decoded(name)
  if (Object.hasOwn(models, id)) return describeModel(id)
  throw new HttpError(
    404,
    invalidRequest(
      'model_not_found',
      'There is no such model: GET /v1/models lists those that there are.',
      'model',
    ),
  )
}

/** What a route gets. */
type RouteCall = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly context: ServerContext
  readonly uploads: UploadEndpoint
  /** The part of the path in place of `{id}`. */
  readonly id: string
}

/** A route of the server. */
export type Route = {
  readonly method: 'GET' | 'POST'
  /** Label in metrics. */
  readonly path: string
  readonly pattern: RegExp
  /** Whether it is answered without a key. */
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

/** All routes but Realtime, which is an upgrade. */
export const routes: readonly Route[] = [
  route('POST', '/v1/audio/transcriptions', ({ uploads, request, response }) =>
    uploads.answer(request, response),
  ),
  route('POST', '/v1/audio/translations', () => {
    throw badRequest(
      'This server transcribes speech in its own language and does not translate. Use /v1/audio/transcriptions.',
    )
  }),
  route('GET', '/v1/models', ({ response, context }) =>
    sendJson(response, 200, listModels(context.engines.models)),
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
      const answer = createClientSecret(context, body)
      sendJson(response, answer.status, answer.body)
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
