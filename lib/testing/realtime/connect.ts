import type { IncomingMessage } from 'node:http'
import type { WebSocket } from 'ws'
import { newId } from '../ids.ts'
import {
  type ServiceErrorBody,
  badKey,
  invalidRequest,
  noKey,
} from '../service-error.ts'

const SUBPROTOCOL_KEY = 'openai-insecure-api-key.'

/** The key of a request; undefined where it has none. */
export const keyOf = ({ headers }: IncomingMessage): string | undefined => {
  const [, bearer] = /^bearer (.+)$/i.exec(headers.authorization ?? '') ?? []
  const azure = headers['api-key']
  const protocols = headers['sec-websocket-protocol']?.split(/\s*,\s*/) ?? []
  const insecure = protocols.find(name => name.startsWith(SUBPROTOCOL_KEY))
  return (
    bearer ??
    (typeof azure === 'string' ? azure : undefined) ??
    insecure?.slice(SUBPROTOCOL_KEY.length)
  )
}

/** Why a connection is closed right after it was made, and with which code. */
export type Refusal = {
  readonly error: ServiceErrorBody
  readonly closeCode: number
}

const wrongUrl = (code: string, message: string): Refusal => ({
  error: invalidRequest(code, message),
  closeCode: 4000,
})

/** What the service has against a connection; it says so after the upgrade. */
export const refusalOf = (
  request: IncomingMessage,
  query: URLSearchParams,
  accepts: (key: string) => boolean,
): Refusal | undefined => {
  const key = keyOf(request)
  if (key === undefined) return { error: noKey, closeCode: 3000 }
  if (!accepts(key)) return { error: badKey(key), closeCode: 3000 }
  if (request.headers['openai-beta'] !== undefined)
    return wrongUrl(
      'beta_api_shape_disabled',
      'The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API.',
    )
  const model = query.get('model')
  if (query.get('intent') === 'transcription')
    return model === null
      ? undefined
      : wrongUrl(
          'invalid_model',
          'You must not provide a model parameter for transcription sessions.',
        )
  return model === null
    ? wrongUrl('missing_model', 'You must provide a model parameter.')
    : undefined
}

/** Says why, and closes. */
export const refuse = (
  socket: WebSocket,
  { error, closeCode }: Refusal,
): void => {
  socket.send(
    JSON.stringify({
      type: 'error',
      event_id: newId('event'),
      error: { ...error, event_id: null },
    }),
  )
  const { type, code } = error
  socket.close(closeCode, code ? `${type}.${code}` : type)
}
