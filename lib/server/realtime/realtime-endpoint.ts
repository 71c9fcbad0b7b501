import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ServerContext } from '../context.ts'

/** The Realtime endpoint. */
export class RealtimeEndpoint {
  constructor(_context: ServerContext) {}
  upgrade(
    _request: IncomingMessage,
    socket: Duplex,
    _head: Buffer,
    _url: URL,
  ): void {
    socket.destroy()
  }
  async close(): Promise<void> {}
  terminate(): void {}
}
