import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServerState } from '../server-state.ts'
import type { UploadRecord } from './upload-record.ts'

/** The transcription endpoint. */
export class Uploads {
  readonly records: UploadRecord[] = []
  readonly #state: ServerState

  constructor(state: ServerState) {
    this.#state = state
  }

  answer(_: IncomingMessage, response: ServerResponse): void {
    this.#state.uploads++
    response.writeHead(404).end()
  }

  close(): void {}
}
