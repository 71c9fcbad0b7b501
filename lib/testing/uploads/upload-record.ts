import type { IncomingMessage } from 'node:http'
import { finished } from 'node:stream/promises'
import { type FormFile, FormReader } from '../../server/uploads/form-reader.ts'

/** What an upload brought, without its audio. */
export type UploadRecord = {
  /** The fields but for the file, by their names on the wire, in order. */
  readonly fields: Readonly<Record<string, readonly string[]>>
  /** Undefined where no file came. */
  readonly file:
    | {
        readonly name: string
        /** Content type of the part. */
        readonly type: string
        readonly bytes: number
      }
    | undefined
  /** Bytes of the whole body. */
  readonly bytes: number
  /** Headers of the request, none with a key in it. */
  readonly headers: Readonly<Record<string, string>>
  /** Status of the answer; 0 where the connection was dropped. */
  readonly status: number
}

/** Bytes that a whole body may have. */
export const MAX_BODY = 26_214_400

/** A form that was read to its end. */
export type UploadForm = {
  readonly fields: ReadonlyMap<string, readonly string[]>
  readonly file:
    (Omit<FormFile, 'bytes'> & { readonly bytes: Buffer }) | undefined
  /** Bytes of the whole body. */
  readonly bytes: number
}

/**
 * Reads a whole request, so that there is a record of it whatever the answer
 * is. A body that is too long is counted to its end, but not kept.
 *
 * @returns the form, or what is wrong with it
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

/** Headers with a key in them. */
const SECRET = new Set([
  'authorization',
  'api-key',
  'cookie',
  'proxy-authorization',
])

/** Describes an upload, but for the status of its answer. */
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
