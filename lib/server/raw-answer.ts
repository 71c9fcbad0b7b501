import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { newId } from '../openai/wire/ids.ts'
import type { ServiceErrorBody } from '../openai/wire/service-error.ts'

/**
 * Refuses on a socket that has no response: one that would be upgraded, or
 * whose request cannot be read. The socket is closed.
 */
export const refuseSocket = (
  socket: Duplex,
  status: number,
  error: ServiceErrorBody,
  headers: Readonly<Record<string, string>> = {},
): void => {
  const body = JSON.stringify({ error })
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${newId('req')}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ]
  socket.on('error', () => {}) // whoever is gone is gone
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}
