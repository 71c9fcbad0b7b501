import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { invalidRequest } from '../openai/wire/service-error.ts'
import { type GuardRules, checkSource } from './guard.ts'
import { refuseSocket, urlOf } from './http-messages.ts'

/** What belongs to an upgrade alone. */
const OF_UPGRADES = new Set(['connection', 'upgrade', 'http2-settings'])

/** Whether a request asks for a WebSocket, and not for another protocol. */
export const wantsWebSocket = ({ headers }: IncomingMessage): boolean =>
  headers.upgrade?.toLowerCase() === 'websocket'

/**
 * Answers a request as if it had not asked for an upgrade, which any server
 * may do. Clients that know HTTP/2, as Java's and `curl --http2`, ask for it
 * with every request; Node takes that for the end of HTTP on the socket, so
 * it is given the request once more, without the question.
 */
export const ignoreUpgrade = (
  server: Server,
  { method, url, rawHeaders }: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void => {
  const lines = [`${method} ${url} HTTP/1.1`]
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (!OF_UPGRADES.has(rawHeaders[i]!.toLowerCase()))
      lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`)
  const again = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
  socket.unshift(Buffer.concat([again, head]))
  server.emit('connection', socket)
}

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
