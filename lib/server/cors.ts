import type { IncomingMessage, ServerResponse } from 'node:http'

/** How long a browser remembers what it may do, in seconds. */
const MAX_AGE = 600

/** Lets the pages of an origin read the answer. */
export const allowOrigin = (response: ServerResponse, origin: string): void => {
  response.setHeader('access-control-allow-origin', origin)
  response.setHeader(
    'access-control-expose-headers',
    'x-request-id, retry-after',
  )
  response.setHeader('vary', 'origin')
}

/** Whether a browser asks what it may do. */
export const isPreflight = ({ method, headers }: IncomingMessage): boolean =>
  method === 'OPTIONS' && headers['access-control-request-method'] !== undefined

/** Says so: any header, for SDKs send many of their own. */
export const answerPreflight = (
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
