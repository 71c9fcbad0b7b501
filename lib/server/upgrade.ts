import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { invalidRequest } from '../openai/wire/service-error.ts'
import { type SourceRules, checkSource } from './guard.ts'
import { refuseSocket, urlOf } from './http-messages.ts'

/** Headers of upgrades. */
const OF_UPGRADES = new Set(['connection', 'upgrade', 'http2-settings'])

/** Whether a request asks for a WebSocket, and not for another protocol. */
export const wantsWebSocket = ({ headers }: IncomingMessage): boolean =>
  headers.upgrade?.toLowerCase() === 'websocket'

/**
 * Answers a request as if it had not asked for an upgrade, which any server
 * may do. Java's HTTP client and `curl --http2` ask for HTTP/2 with every
 * request. Node stops parsing HTTP on such a socket, so it gets the request
 * again, without the upgrade headers.
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

/** Hands a socket to the Realtime endpoint if its source is allowed. */
export const upgradeTo = (
  endpoint: Endpoint,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  rules: SourceRules,
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
