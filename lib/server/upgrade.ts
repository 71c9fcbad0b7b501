import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { invalidRequest } from '../openai/wire/service-error.ts'
import { type GuardRules, checkSource } from './guard.ts'
import { refuseSocket } from './raw-answer.ts'
import { urlOf } from './request-url.ts'

/** What takes sockets over. */
type Endpoint = {
  upgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    url: URL,
  ): void
}

/** Hands a socket to the Realtime endpoint, if it may come in. */
export const upgradeTo = (
  endpoint: Endpoint,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  rules: GuardRules,
): void => {
  const verdict = checkSource(request.headers, rules)
  if (!verdict.allowed) return refuseSocket(socket, 403, verdict.error)
  const url = urlOf(request)
  if (url.pathname !== '/v1/realtime')
    return refuseSocket(
      socket,
      404,
      invalidRequest(null, `Invalid URL (${request.method} ${url.pathname})`),
    )
  endpoint.upgrade(request, socket, head, url)
}
