import type { IncomingMessage } from 'node:http'
import type { UploadForm } from './read-form.ts'

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

/** Headers with a key in them. */
const SECRET = new Set([
  'authorization',
  'api-key',
  'cookie',
  'proxy-authorization',
])

/** What there is to tell of an upload. */
export const recordOf = (
  { headers }: IncomingMessage,
  form: UploadForm | undefined,
): Omit<UploadRecord, 'status'> => ({
  fields: Object.fromEntries(form?.fields ?? []),
  file: form?.file && {
    name: form.file.name,
    type: form.file.type,
    bytes: form.file.bytes.length,
  },
  bytes: form?.bytes ?? 0,
  headers: Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !SECRET.has(name))
      .map(([name, value]) => [name, String(value)]),
  ),
})
