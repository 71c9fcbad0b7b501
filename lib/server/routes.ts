import type { IncomingMessage, ServerResponse } from 'node:http'
import { createClientSecret } from './client-secrets.ts'
import type { ServerContext } from './context.ts'
import { listedModels, shownModel } from './models-answer.ts'
import { readJson } from './read-json.ts'
import { badRequest } from './refused.ts'
import { acceptBody, send, sendJson } from './send.ts'
import type { Uploads } from './uploads/uploads.ts'

/** What an answer is made from. */
export type Call = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly context: ServerContext
  readonly uploads: Uploads
  /** What the path has in the place of `{id}`. */
  readonly id: string
}

/** One address of the server. */
export type Route = {
  readonly method: 'GET' | 'POST'
  /** As metrics show it. */
  readonly path: string
  readonly pattern: RegExp
  /** Whether it is answered without a key. */
  readonly open?: boolean
  readonly answer: (call: Call) => void | Promise<void>
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

/** Every address but the Realtime one, which is an upgrade. */
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
    sendJson(response, 200, listedModels(context.engines.models)),
  ),
  route('GET', '/v1/models/{id}', ({ response, id, context }) =>
    sendJson(response, 200, shownModel(id, context.engines.models)),
  ),
  route(
    'POST',
    '/v1/realtime/client_secrets',
    async ({ context, request, response }) => {
      acceptBody(response)
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
