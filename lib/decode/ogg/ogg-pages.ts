import { FrameParser } from '../format-decoder.ts'

/** A page of an Ogg stream (RFC 3533 6). */
export type OggPage = {
  /** Whether the checksum is correct. */
  readonly intact: boolean
  readonly serial: number
  readonly sequence: number
  /**
   * Time at the end of its last packet, in the codec's unit; undefined if no
   * packet ends here or the page is damaged.
   */
  readonly granule: number | undefined
  /** Whether it starts inside a packet. */
  readonly continued: boolean
  readonly first: boolean
  readonly last: boolean
  /** Lengths of the segments. */
  readonly lacing: Uint8Array
  readonly body: Uint8Array
  /** The whole page; valid until the next `push`, as are its parts. */
  readonly bytes: Uint8Array
}

const CRC32 = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24
  for (let bit = 0; bit < 8; bit++)
    crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1
  return crc >>> 0
})

/** Checksum of a page; its own field (bytes 22 to 25) counts as zero. */
export const oggCrc = (page: Uint8Array): number => {
  let crc = 0
  for (let i = 0; i < page.length; i++) {
    const byte = i >= 22 && i < 26 ? 0 : page[i]!
    crc = (crc << 8) ^ CRC32[(crc >>> 24) ^ byte]!
  }
  return crc >>> 0
}

const HEADER = 27

/** Size of the page at `at`; undefined if it needs more bytes. */
const pageBytes = (held: Uint8Array, at: number): number | undefined => {
  const segments = held[at + 26]
  if (segments === undefined || at + HEADER + segments > held.length)
    return undefined
  let bytes = HEADER + segments
  for (let i = 0; i < segments; i++) bytes += held[at + HEADER + i]!
  return bytes
}

const hasCapturePattern = (held: Uint8Array, at: number): boolean =>
  held[at] === 0x4f &&
  held[at + 1] === 0x67 &&
  held[at + 2] === 0x67 &&
  held[at + 3] === 0x53 &&
  held[at + 4] === 0

const isIntact = (page: Uint8Array): boolean => {
  const fields = new DataView(page.buffer, page.byteOffset)
  return oggCrc(page) === fields.getUint32(22, true)
}

const readPage = (bytes: Uint8Array, intact: boolean): OggPage => {
  const fields = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const granule = fields.getBigInt64(6, true)
  const flags = bytes[5]!
  const segments = bytes[26]!
  return {
    intact,
    serial: fields.getUint32(14, true),
    sequence: fields.getUint32(18, true),
    granule: granule < 0n || !intact ? undefined : Number(granule),
    continued: (flags & 1) !== 0,
    first: (flags & 2) !== 0,
    last: (flags & 4) !== 0,
    lacing: bytes.subarray(HEADER, HEADER + segments),
    body: bytes.subarray(HEADER + segments),
    bytes,
  }
}

/**
 * Splits Ogg into pages. A page with a wrong checksum is kept if another
 * follows, since most of its packets are right: one wrong bit should not cost a
 * second of speech. Everything else is omitted.
 */
export class OggPages extends FrameParser<OggPage> {
  protected *frames(ended: boolean): Generator<OggPage> {
    for (;;) {
      const held = this.buffer.bytes
      if (held.length < 5 && !(ended && held.length > 0)) return
      const bytes = hasCapturePattern(held, 0) ? pageBytes(held, 0) : 0
      if (bytes === undefined || bytes > held.length) {
        if (!ended) return
        this.truncated = true
      } else if (bytes > 0) {
        const intact = isIntact(held.subarray(0, bytes))
        if (!intact && !ended && held.length < bytes + 5) return
        if (intact || held.length === bytes || hasCapturePattern(held, bytes)) {
          yield readPage(held.subarray(0, bytes), intact)
          this.buffer.skip(bytes)
          continue
        }
      }
      this.#omit(held)
    }
  }

  /** Omits bytes before the next possible page. */
  #omit(held: Uint8Array): void {
    const next = held.indexOf(0x4f, 1)
    const count = next < 0 ? held.length : next
    if (!this.truncated) this.damaged += count
    this.buffer.skip(count)
  }
}

/** Codecs that voxpipe decodes in Ogg. */
export type OggCodecName = 'opus' | 'vorbis'

const KNOWN: readonly (readonly [string, OggCodecName | 'other'])[] = [
  ['OpusHead', 'opus'],
  ['\x01vorbis', 'vorbis'],
  ['\x7fFLAC', 'other'],
  ['Speex   ', 'other'],
  ['\x80theora', 'other'],
  ['fishead\0', 'other'],
  ['OVP80', 'other'],
  ['BBCD\0', 'other'],
]

/** Codec of a stream by its first packet; `other` is for ffmpeg. */
export const oggCodecOf = (
  packet: Uint8Array,
): OggCodecName | 'other' | undefined => {
  const text = String.fromCharCode(...packet.subarray(0, 8))
  return KNOWN.find(([start]) => text.startsWith(start))?.[1]
}

/**
 * Codec of the first stream that voxpipe decodes; else `other` if ffmpeg may
 * know one. Undefined if it needs more bytes: all streams begin before any
 * continues.
 */
export const peekOggCodec = (
  head: Uint8Array,
  ended: boolean,
): OggCodecName | 'other' | 'unknown' | undefined => {
  let best: 'other' | 'unknown' = 'unknown'
  for (let at = 0; ;) {
    const lacing = head[at + 26]
    const body = at + 27 + (lacing ?? 0)
    if (lacing === undefined || body + 8 > head.length)
      return ended ? best : undefined
    if (!(head[at + 5]! & 2)) return best
    const codec = oggCodecOf(head.subarray(body))
    if (codec === 'opus' || codec === 'vorbis') return codec
    if (codec === 'other') best = 'other'
    at = body
    for (let i = at - lacing; i < body; i++) at += head[i]!
  }
}
