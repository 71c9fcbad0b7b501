import type { Duplex } from 'node:stream'
import { invalidRequest } from '../openai/wire/service-error.ts'
import { refuseSocket } from './raw-answer.ts'

const answers: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The head of the request is too long.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request took too long to come.'],
}

/** Node keeps the answer that a socket is busy with under this name. */
type BusySocket = Duplex & {
  readonly _httpMessage?: { readonly headersSent: boolean } | null
}

/** Answers what is no HTTP, unless an answer has begun, and hangs up. */
export const onClientError = (
  error: NodeJS.ErrnoException,
  socket: BusySocket,
): void => {
  if (!socket.writable || socket._httpMessage?.headersSent)
    return void socket.destroy()
  const [status, message] = answers[error.code ?? ''] ?? [
    400,
    'The request is no HTTP that can be read.',
  ]
  refuseSocket(socket, status, invalidRequest(null, message))
}
