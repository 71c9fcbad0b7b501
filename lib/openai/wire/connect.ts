import { newId, errorEvent } from './server-event.ts'
import {
  type ServiceErrorBody,
  badKey,
  invalidRequest,
  noKey,
} from './service-error.ts'

const SUBPROTOCOL_KEY = 'openai-insecure-api-key.'

export type RequestHeaders = Readonly<
  Record<string, string | readonly string[] | undefined>
>

const text = (value: RequestHeaders[string]): string =>
  typeof value === 'string' ? value : ''

export const keyOf = (headers: RequestHeaders): string | undefined => {
  const [, bearer] = /^bearer (.+)$/i.exec(text(headers['authorization'])) ?? []
  const azure = headers['api-key']
  const protocols = text(headers['sec-websocket-protocol']).split(/\s*,\s*/)
  const insecure = protocols.find(name => name.startsWith(SUBPROTOCOL_KEY))
  return (
    bearer ??
    (typeof azure === 'string' ? azure : undefined) ??
    insecure?.slice(SUBPROTOCOL_KEY.length)
  )
}

/** Why a connection is closed after the upgrade. */
export type Refusal = {
  readonly error: ServiceErrorBody
  readonly closeCode: number
}

const wrongUrl = (code: string, message: string): Refusal => ({
  error: invalidRequest(code, message),
  closeCode: 4000,
})

/** Checks a connection. The service reports errors after the upgrade. */
export const refusalOf = (
  headers: RequestHeaders,
  query: URLSearchParams,
  accepts: (key: string | undefined) => boolean,
): Refusal | undefined => {
  const key = keyOf(headers)
  if (!accepts(key))
    return { error: key === undefined ? noKey : badKey(key), closeCode: 3000 }
  if (headers['openai-beta'] !== undefined)
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

/** Returns the last message and the close frame of a refused connection. */
export const refusalMessage = ({ error, closeCode }: Refusal) => ({
  text: JSON.stringify({ ...errorEvent(error), event_id: newId('event') }),
  closeCode,
  reason: error.code ? `${error.type}.${error.code}` : error.type,
})
