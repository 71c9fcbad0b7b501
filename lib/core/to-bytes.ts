import { FormatError } from './errors.ts'

const nameOf = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? `a ${value.constructor?.name ?? 'bare object'}`
    : typeof value === 'string'
      ? 'text'
      : String(value)

/**
 * Returns binary data as bytes, without copying them: any typed array, a
 * DataView, an ArrayBuffer or a SharedArrayBuffer.
 *
 * @returns undefined for anything else
 */
export const toBytes = (data: unknown): Uint8Array | undefined => {
  if (data instanceof Uint8Array) return data
  if (ArrayBuffer.isView(data))
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer)
    return new Uint8Array(data)
  return undefined
}

/**
 * Returns a chunk that was written to a stage as bytes.
 *
 * @param stage name of the stage
 * @throws {FormatError} if the chunk is not binary data
 */
export const chunkBytes = (chunk: unknown, stage: string): Uint8Array => {
  const bytes = toBytes(chunk)
  if (bytes) return bytes
  const cure =
    typeof chunk === 'string'
      ? 'open the source without an encoding'
      : 'give it Buffers, typed arrays or ArrayBuffers'
  throw new FormatError(
    `${stage} takes the bytes of a file, but got ${nameOf(chunk)}; ${cure}`,
  )
}
