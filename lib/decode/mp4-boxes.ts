import { ByteBuffer } from './byte-source.ts'

type BoxHead = { type: string; size: number; bytes: number }

/**
 * Reads the head of a box (ISO/IEC 14496-12 4.2); undefined if it needs more
 * bytes. A box smaller than its head counts as a head alone.
 */
const readBox = (held: Uint8Array, at: number): BoxHead | undefined => {
  if (at + 8 > held.length) return undefined
  const fields = new DataView(held.buffer, held.byteOffset + at)
  const type = String.fromCharCode(...held.subarray(at + 4, at + 8))
  const size = fields.getUint32(0)
  // 0 means up to the end of the file.
  if (size === 0) return { type, size: Infinity, bytes: 8 }
  if (size !== 1) return { type, size: Math.max(size, 8), bytes: 8 }
  if (at + 16 > held.length) return undefined
  const long = Number(fields.getBigUint64(8))
  return { type, size: Math.max(long, 16), bytes: 16 }
}

/**
 * Whether the index of an MP4 precedes its samples, so that a pipe can be used;
 * undefined if it needs more bytes.
 */
export const isMp4Streamable = (head: Uint8Array): boolean | undefined => {
  for (let at = 0; ;) {
    const box = readBox(head, at)
    if (!box) return undefined
    if (box.type === 'moov') return true
    if (box.type === 'mdat') return false
    at += box.size
  }
}

function* boxesIn(
  content: Uint8Array,
): Generator<{ type: string; body: Uint8Array }> {
  for (let at = 0; ;) {
    const box = readBox(content, at)
    if (!box) return
    const { type, size, bytes } = box
    yield { type, body: content.subarray(at + bytes, at + size) }
    at += size
  }
}

const child = (content: Uint8Array, type: string): Uint8Array | undefined => {
  for (const box of boxesIn(content)) if (box.type === type) return box.body
  return undefined
}

/** Duration in seconds in the body of `mvhd` or `mdhd`. */
const duration = (body: Uint8Array | undefined): number | undefined => {
  if (!body || body.length < (body[0] === 1 ? 36 : 24)) return undefined
  const fields = new DataView(body.buffer, body.byteOffset, body.length)
  const long = body[0] === 1
  const scale = fields.getUint32(long ? 20 : 12)
  const ticks = long ? Number(fields.getBigUint64(24)) : fields.getUint32(16)
  const unknown = ticks === 0 || ticks >= (long ? 2 ** 64 : 0xffffffff)
  return scale === 0 || unknown ? undefined : ticks / scale
}

/** Duration in seconds of the first audio track in `moov`. */
const audioSeconds = (moov: Uint8Array): number | undefined => {
  for (const { type, body } of boxesIn(moov)) {
    const media = type === 'trak' ? child(body, 'mdia') : undefined
    const handler = media && child(media, 'hdlr')
    if (!media || !handler || handler.length < 12) continue
    if (String.fromCharCode(...handler.subarray(8, 12)) !== 'soun') continue
    return duration(child(media, 'mdhd'))
  }
  return undefined
}

/** Maximum size that is read of an index; tracks are at its start. */
const MAX_INDEX = 8 << 20

/** Reads the duration of an MP4 from its passing bytes. */
export class Mp4DurationReader {
  readonly #buffer = new ByteBuffer()
  #skip = 0
  #found = false
  seconds: number | undefined

  push(bytes: Uint8Array): void {
    if (this.#found) return
    const passed = Math.min(this.#skip, bytes.length)
    this.#skip -= passed
    if (passed < bytes.length) this.#buffer.append(bytes.subarray(passed))
    while (!this.#found && this.#step());
  }

  #step(): boolean {
    const held = this.#buffer.bytes
    const box = readBox(held, 0)
    if (!box) return false
    if (box.type === 'moov') {
      if (held.length < Math.min(box.size, MAX_INDEX)) return false
      this.#found = true
      this.seconds = audioSeconds(held.subarray(box.bytes, box.size))
      return false
    }
    this.#skip = Math.max(0, box.size - held.length)
    this.#buffer.skip(box.size)
    return this.#skip === 0
  }
}
