import type { IncomingMessage } from 'node:http'
import { finished } from 'node:stream/promises'
import { type FormFile, FormReader } from '../../server/uploads/form-reader.ts'

/** An upload that the server received, without its audio. */
export type UploadRecord = {
  /** All fields except the file, by their names on the wire, in order. */
  readonly fields: Readonly<Record<string, readonly string[]>>
  /** Undefined if there was no file. */
  readonly file:
    | {
        /** File name, as the client sent it. */
        readonly name: string
        /** Content type of the part. */
        readonly type: string
        /** Size of the file. */
        readonly bytes: number
      }
    | undefined
  /** Bytes of the whole body. */
  readonly bytes: number
  /** Headers of the request, without those that contain a key. */
  readonly headers: Readonly<Record<string, string>>
  /** Status of the answer; 0 if the connection was dropped. */
  readonly status: number
}

/** How an answer breaks off. */
export type Interruption = {
  /**
   * Events of a streamed answer that are sent before. Of any other answer
   * nothing is sent.
   * @default 0
   */
  readonly afterEvents?: number
  /**
   * `end`: the answer ends as if it were whole; one that is not streamed is
   * dropped with a FIN. `reset`: the connection is reset. `error`: an error
   * event, then the end. `stall`: nothing more is sent.
   */
  readonly by: 'end' | 'reset' | 'error' | 'stall'
}

/** Answers an upload in place of the server. */
export type ScriptedAnswer = {
  /** Delay of the answer, in ms. */
  readonly delayMs?: number
  /** Breaks off the server's own answer. */
  readonly interrupt?: Interruption
  /** HTTP status; replaces the server's own answer. */
  readonly status?: number
  /** Further headers of the answer. */
  readonly headers?: Readonly<Record<string, string>>
  /**
   * A text, or a value that is sent as JSON.
   * @default an error of the service's form from status 400, otherwise empty
   */
  readonly body?: unknown
  /** `code` of that error, for example `insufficient_quota`. */
  readonly code?: string
}

/**
 * Decides how to answer the `attempt`-th upload of the server, from 1;
 * undefined: as the server would.
 */
export type RespondToUpload = (
  request: Omit<UploadRecord, 'status'>,
  attempt: number,
) => ScriptedAnswer | undefined | Promise<ScriptedAnswer | undefined>

/** Longest body, in bytes. */
export const MAX_BODY = 26_214_400

export type UploadForm = {
  readonly fields: ReadonlyMap<string, readonly string[]>
  readonly file:
    (Omit<FormFile, 'bytes'> & { readonly bytes: Buffer }) | undefined
  /** Bytes of the whole body. */
  readonly bytes: number
}

/**
 * Reads a whole request, so that there is a record of it whatever the answer.
 * Counts the bytes of a body that is too long, but does not keep them.
 * @returns the form, or why it cannot be read
 */
export const readForm = async (
  request: IncomingMessage,
): Promise<UploadForm | Error> => {
  let file: Omit<FormFile, 'bytes'> | undefined
  const parts: Buffer[] = []
  try {
    const reader = new FormReader(request, Infinity, {
      onFile: ({ name, type, bytes }) => {
        file = { name, type }
        bytes.on('data', (part: Buffer) => {
          if (reader.bytes <= MAX_BODY) parts.push(part)
          else parts.length = 0
        })
      },
      maxFieldBytes: MAX_BODY,
      maxStallMs: Infinity,
      maxWaitMs: Infinity,
      signal: new AbortController().signal,
    })
    await reader.read()
    return {
      fields: reader.fields,
      file: file && { ...file, bytes: Buffer.concat(parts) },
      bytes: reader.bytes,
    }
  } catch (error) {
    request.resume()
    await finished(request).catch(() => {}) // the client may be gone
    return error as Error
  }
}

const SECRET = new Set([
  'authorization',
  'api-key',
  'cookie',
  'proxy-authorization',
])

/** Describes an upload, except for the status of its answer. */
export const recordOf = (
  { headers }: IncomingMessage,
  form: UploadForm | undefined,
): Omit<UploadRecord, 'status'> => ({
  fields: Object.fromEntries(form?.fields ?? []),
  file: form?.file && { ...form.file, bytes: form.file.bytes.length },
  bytes: form?.bytes ?? 0,
  headers: Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !SECRET.has(name))
      .map(([name, value]) => [name, String(value)]),
  ),
})
