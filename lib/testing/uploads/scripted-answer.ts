import { type ServerResponse, STATUS_CODES } from 'node:http'
import { newId } from '../../openai/wire/ids.ts'
import type { UploadRecord } from './upload-record.ts'

/** How an answer breaks off. */
export type Cut = {
  /**
   * Events of a streamed answer that still go out; of any other answer
   * nothing does.
   * @default 0
   */
  readonly afterEvents?: number
  /**
   * `end`: the answer ends there, as if it were whole; one that is no stream
   * is dropped with a FIN. `reset`: the connection is reset. `error`: an
   * event that tells of an error, then the end. `stall`: nothing more comes.
   */
  readonly by: 'end' | 'reset' | 'error' | 'stall'
}

/** What to do with an upload in place of what the server would. */
export type ScriptedAnswer = {
  /** Waits so many ms before it answers. */
  readonly delayMs?: number
  /** Breaks the server's own answer off. */
  readonly cut?: Cut
  /** A status of HTTP; with it, the server's own answer is not given. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /**
   * Text as it is, or a value that becomes JSON.
   * @default from 400 on an error of the service's form, otherwise empty
   */
  readonly body?: unknown
  /** `code` of such an error, as `insufficient_quota`. */
  readonly code?: string
}

/**
 * Decides how an upload is answered; the `attempt`-th of the server, from 1.
 * Undefined: as the server would.
 */
export type Respond = (
  request: Omit<UploadRecord, 'status'>,
  attempt: number,
) => ScriptedAnswer | undefined | Promise<ScriptedAnswer | undefined>

const errorOf = (status: number, code: string | undefined) => ({
  error: {
    message: STATUS_CODES[status] ?? 'Refused',
    type: code ?? (status >= 500 ? 'server_error' : 'invalid_request_error'),
    param: null,
    code: code ?? (status === 429 ? 'rate_limit_exceeded' : null),
  },
})

/** Gives an answer that was scripted. */
export const recite = (
  response: ServerResponse,
  status: number,
  { headers, body, code }: ScriptedAnswer,
): void => {
  const value = body ?? (status < 400 ? '' : errorOf(status, code))
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const type =
    typeof value === 'string' ? 'text/plain; charset=utf-8' : 'application/json'
  response.writeHead(status, {
    'x-request-id': newId('req'),
    'content-type': type,
    ...headers,
  })
  response.end(text)
}
