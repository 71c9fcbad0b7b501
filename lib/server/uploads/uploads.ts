import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServerContext } from '../context.ts'
import { sendError, serverError } from '../send.ts'

/** The transcription endpoint. */
export class Uploads {
  constructor(_context: ServerContext) {}
  async answer(_: IncomingMessage, response: ServerResponse): Promise<void> {
    sendError(response, 500, serverError)
  }
  async close(): Promise<void> {}
  terminate(): void {}
}
