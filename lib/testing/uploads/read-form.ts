import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { finished } from 'node:stream/promises'
import { Busboy, type BusboyFileStream } from '@fastify/busboy'

/** Bytes that a whole body may have. */
export const MAX_BODY = 26_214_400

/** Longest boundary of RFC 2046, in characters. */
const MAX_BOUNDARY = 70

/** A form that was uploaded. */
export type UploadForm = {
  readonly fields: ReadonlyMap<string, readonly string[]>
  readonly file:
    | { readonly name: string; readonly type: string; readonly bytes: Buffer }
    | undefined
  /** Bytes of the whole body. */
  readonly bytes: number
}

const boundaryIn = (type: string): string =>
  /boundary="?([^";]+)/i.exec(type)?.[1] ?? ''

/**
 * Reads a form; undefined: it is none. What is too long is counted to its
 * end, not kept.
 */
export const readForm = async (
  request: IncomingMessage,
): Promise<UploadForm | undefined> => {
  const type = request.headers['content-type'] ?? ''
  const boundary = boundaryIn(type)
  if (!/^multipart\/form-data\b/i.test(type)) return await drain(request)
  if (boundary.length === 0 || boundary.length > MAX_BOUNDARY)
    return await drain(request)
  const parser = new Busboy({
    headers: { ...request.headers, 'content-type': type },
    limits: { fields: 1_000, files: 1, fieldSize: MAX_BODY },
  })
  const fields = new Map<string, string[]>()
  let file: { name: string; type: string; parts: Buffer[] } | undefined
  let bytes = 0
  request.on('data', (portion: Buffer) => {
    bytes += portion.length
  })
  parser.on('field', (name, value) =>
    fields.set(name, [...(fields.get(name) ?? []), value]),
  )
  parser.on('file', (field, stream, name, _, type) => {
    const parts: Buffer[] = []
    if (field === 'file') file = { name, type, parts }
    keep(stream, parts, () => bytes <= MAX_BODY)
  })
  try {
    request.pipe(parser)
    await Promise.all([finished(request), once(parser, 'finish')])
  } catch {
    parser.destroy()
    return await drain(request)
  }
  return {
    fields,
    file: file && {
      name: file.name,
      type: file.type,
      bytes: Buffer.concat(file.parts),
    },
    bytes,
  }
}

const keep = (
  stream: BusboyFileStream,
  parts: Buffer[],
  wanted: () => boolean,
): void => {
  stream.on('error', () => {}) // the parser says so too
  stream.on('data', (portion: Buffer) => {
    if (wanted()) parts.push(Buffer.from(portion))
    else parts.length = 0
  })
}

/** Reads the rest of a body that is of no use. */
const drain = async (request: IncomingMessage): Promise<undefined> => {
  request.unpipe()
  request.resume()
  await finished(request).catch(() => {}) // the client may be gone
  return undefined
}
