import { FrameParser } from '../format-decoder.ts'

/** Content of STREAMINFO (RFC 9639 8.2). */
export type FlacInfo = {
  readonly sampleRate: number
  readonly channels: number
  readonly bitsPerSample: number
  /** Maximum of samples in a frame; the number in all but the last if fixed. */
  readonly blockSize: number
  /** Samples in the stream, if known. */
  readonly totalSamples: number | undefined
  /** Size of the largest frame in bytes, if known. */
  readonly maxFrameBytes: number | undefined
}

export const parseStreamInfo = (body: Uint8Array): FlacInfo | undefined => {
  if (body.length < 34) return undefined
  const fields = new DataView(body.buffer, body.byteOffset, body.length)
  const packed = fields.getUint32(10)
  const sampleRate = packed >>> 12
  if (sampleRate === 0) return undefined
  return {
    sampleRate,
    channels: ((packed >>> 9) & 7) + 1,
    bitsPerSample: ((packed >>> 4) & 31) + 1,
    blockSize: fields.getUint16(2),
    totalSamples: (packed & 15) * 2 ** 32 + fields.getUint32(14) || undefined,
    maxFrameBytes: fields.getUint32(6) & 0xffffff || undefined,
  }
}

/** A frame header (RFC 9639 9.1). */
type FlacFrameHeader = {
  /** Whether block sizes vary: then `number` counts samples. */
  readonly variable: boolean
  readonly number: number
  readonly samples: number
  /** Channel assignment: independent, or a stereo mode. */
  readonly layout: number
  /** Length of the header in bytes. */
  readonly bytes: number
}

const CRC8 = Uint8Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++)
    crc = crc & 0x80 ? ((crc << 1) ^ 0x07) & 0xff : crc << 1
  return crc
})

/** CRC-16 of a frame: polynomial 0x8005, most significant bit first. */
export const CRC16 = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8
  for (let bit = 0; bit < 8; bit++)
    crc = crc & 0x8000 ? ((crc << 1) ^ 0x8005) & 0xffff : crc << 1
  return crc
})

const MAX_FRAME_HEADER = 16

/** Reads a coded number of 1 to 7 bytes, similar to UTF-8. */
const codedNumber = (
  bytes: Uint8Array,
  at: number,
): { value: number; bytes: number } | undefined => {
  const first = bytes[at] ?? 0
  if (first < 0x80) return { value: first, bytes: 1 }
  const length = Math.clz32(~(first << 24))
  if (length < 2 || length > 7) return undefined
  let value = first & (0x7f >> length)
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i] ?? 0
    if (byte >> 6 !== 2) return undefined
    value = value * 64 + (byte & 0x3f)
  }
  return { value, bytes: length }
}

/** Codes of sample widths (bits) in frame headers. */
const WIDTH_CODES: Readonly<Record<number, number>> = {
  8: 1,
  12: 2,
  16: 4,
  20: 5,
  24: 6,
  32: 7,
}

/** Reads a frame header; checks its CRC-8 and STREAMINFO. */
const parseFlacFrameHeader = (
  bytes: Uint8Array,
  at: number,
  info: FlacInfo,
): FlacFrameHeader | undefined => {
  if (bytes[at] !== 0xff || (bytes[at + 1]! & 0xfe) !== 0xf8) return undefined
  const sizes = bytes[at + 2]!
  const layout = bytes[at + 3]!
  const channels = layout >> 4 < 8 ? (layout >> 4) + 1 : 2
  if (layout >> 4 > 10 || layout & 1 || channels !== info.channels)
    return undefined
  const width = (layout >> 1) & 7
  if (width !== 0 && width !== WIDTH_CODES[info.bitsPerSample]) return undefined
  const number = codedNumber(bytes, at + 4)
  if (!number) return undefined
  let end = at + 4 + number.bytes
  const code = sizes >> 4
  let samples = code >= 8 ? 256 << (code - 8) : 576 << (code - 2)
  if (code === 0) return undefined
  if (code === 1) samples = 192
  if (code === 6) samples = bytes[end++]! + 1
  if (code === 7) {
    samples = ((bytes[end]! << 8) | bytes[end + 1]!) + 1
    end += 2
  }
  const rate = sizes & 15
  if (rate === 15) return undefined
  end += rate === 12 ? 1 : rate > 12 ? 2 : 0
  let crc = 0
  for (let i = at; i < end; i++) crc = CRC8[crc ^ bytes[i]!]!
  if (end >= bytes.length || crc !== bytes[end]) return undefined
  return {
    variable: (bytes[at + 1]! & 1) === 1,
    number: number.value,
    samples,
    layout: layout >> 4,
    bytes: end + 1 - at,
  }
}

/** The inverse of {@link codedNumber}, for values below 2^36. */
const codeNumber = (value: number): number[] => {
  if (value < 0x80) return [value]
  const rest: number[] = []
  let left = value
  // The first byte has as many ones as there are bytes, then a zero.
  while (left >= 2 ** Math.max(0, 6 - rest.length)) {
    rest.unshift(0x80 | (left % 64))
    left = Math.floor(left / 64)
  }
  return [((0xff00 >> (rest.length + 1)) & 0xff) | left, ...rest]
}

/**
 * Returns a frame with a new header that needs no STREAMINFO and no previous
 * frames: the width may only be in STREAMINFO, and damage leaves gaps in the
 * numbers.
 * @param at index of its first sample, below 2^36
 */
export const standaloneFlacFrame = (
  frame: Uint8Array,
  header: FlacFrameHeader,
  info: FlacInfo,
  at: number,
): Uint8Array => {
  const size = header.samples - 1
  const head = [
    // Sync code; the number counts samples.
    0xff,
    0xf9,
    // An explicit block size; any rate, here 44.1 kHz.
    (7 << 4) | 9,
    (header.layout << 4) | ((WIDTH_CODES[info.bitsPerSample] ?? 0) << 1),
    ...codeNumber(at),
    size >> 8,
    size & 0xff,
  ]
  head.push(head.reduce((crc, byte) => CRC8[crc ^ byte]!, 0))
  const length = head.length + frame.length - header.bytes
  const out = new Uint8Array(length)
  out.set(head)
  out.set(frame.subarray(header.bytes), head.length)
  let crc = 0
  for (let i = 0; i < length - 2; i++)
    crc = ((crc << 8) & 0xffff) ^ CRC16[(crc >> 8) ^ out[i]!]!
  out[length - 2] = crc >> 8
  out[length - 1] = crc & 0xff
  return out
}

/** Consecutive headers without an end that are scanned. */
const MAX_FAILURES = 8

/** A frame with a correct checksum; valid until the next `push`. */
export type FlacFrame = {
  readonly bytes: Uint8Array
  readonly header: FlacFrameHeader
  readonly at: number
}

/**
 * Splits FLAC into frames. Frames do not state their length: one ends where its
 * CRC-16 is 0 and another header or the end follows. Frames with a wrong
 * checksum are omitted.
 */
export class FlacFrames extends FrameParser<FlacFrame> {
  protected override skip = 4
  #inFrames = false
  /** Set before the first frame, unless damaged. */
  info: FlacInfo | undefined
  #header: FlacFrameHeader | undefined
  #failures = 0
  #scanned = 0
  #crc = 0;

  override *end(): Generator<FlacFrame> {
    if (isTagged(this.buffer.bytes)) {
      this.buffer.trim(TAG_BYTES)
      // The tag was scanned as part of the frame.
      this.#scanned = 0
      this.#crc = 0
    }
    yield* super.end()
    this.truncated ||= !this.#inFrames || this.skip > 0
  }

  protected *frames(ended: boolean): Generator<FlacFrame> {
    while (!this.#inFrames) if (!this.#metadata()) return
    const info = this.info
    if (!info) return this.#omit(this.buffer.length)
    if (!this.skipBytes()) return
    while (this.#header || this.#findHeader(info, ended)) {
      const header = this.#header!
      const end = this.#findEnd(info, header, ended)
      if (end === undefined) return
      if (end > 0) {
        const bytes = this.buffer.bytes.subarray(0, end)
        const { variable, number } = header
        const at = variable ? number : number * info.blockSize
        yield { bytes, header, at }
      }
      // Without an end, search again behind the first byte.
      if (end === 0) this.#omit(1)
      else {
        this.buffer.skip(end)
        this.#failures = 0
      }
      this.#header = undefined
      this.#scanned = 0
      this.#crc = 0
    }
  }

  /** Omits bytes; they count as damaged unless the input is truncated. */
  #omit(count: number): void {
    if (!this.truncated) this.damaged += count
    this.buffer.skip(count)
  }

  /** Reads a metadata block; returns false if it needs more bytes. */
  #metadata(): boolean {
    if (!this.skipBytes()) return false
    const head = this.buffer.bytes
    if (head.length < 4) return false
    const size = (head[1]! << 16) | (head[2]! << 8) | head[3]!
    if ((head[0]! & 0x7f) === 0) {
      if (head.length < 38) return false
      this.info = parseStreamInfo(head.subarray(4, 38))
    }
    this.#inFrames = head[0] === 0xff || (head[0]! & 0x80) !== 0
    if (head[0] === 0xff) return true
    this.skip = 4 + size
    return true
  }

  /** Moves to the next header; returns false if it needs more bytes. */
  #findHeader(info: FlacInfo, ended: boolean): boolean {
    for (;;) {
      const held = this.buffer.bytes
      const at = held.indexOf(0xff)
      if (at !== 0) this.#omit(at < 0 ? held.length : at)
      const rest = this.buffer.bytes
      if (rest.length < (ended ? 1 : MAX_FRAME_HEADER)) return false
      this.#header = parseFlacFrameHeader(rest, 0, info)
      if (this.#header) return true
      this.#omit(1)
    }
  }

  /**
   * Returns the length of the first frame; 0 if it is damaged, undefined if it
   * needs more bytes.
   */
  #findEnd(
    info: FlacInfo,
    header: FlacFrameHeader,
    ended: boolean,
  ): number | undefined {
    const held = this.buffer.bytes
    const limit = maxBytes(info, header)
    const clear = held.length - (ended ? 0 : MAX_FRAME_HEADER)
    let crc = this.#crc
    let at = this.#scanned
    for (; at < clear && at <= limit; at++) {
      if (held[at] === 0xff && (held[at + 1]! & 0xfe) === 0xf8 && at > 0) {
        const next = parseFlacFrameHeader(held, at, info)
        if (next && crc === 0) return at
        if (next && follows(header, next)) {
          this.#omit(at - 1)
          return 0
        }
      }
      crc = ((crc << 8) & 0xffff) ^ CRC16[(crc >> 8) ^ held[at]!]!
    }
    this.#crc = crc
    this.#scanned = at
    if (at > limit) {
      // After so many headers without an end, these are no frames.
      if (++this.#failures > MAX_FAILURES) this.#omit(at - 1)
      return 0
    }
    if (!ended) return undefined
    if (crc === 0) return held.length
    this.truncated = true
    return 0
  }
}

const TAG_BYTES = 128

const isTagged = (held: Uint8Array): boolean => {
  const tag = held.subarray(-TAG_BYTES)
  return (
    held.length > TAG_BYTES &&
    String.fromCharCode(...tag.subarray(0, 3)) === 'TAG'
  )
}

/** Frames are at most slightly larger than uncompressed samples. */
const maxBytes = (info: FlacInfo, { samples }: FlacFrameHeader): number =>
  info.maxFrameBytes !== undefined
    ? info.maxFrameBytes + MAX_FRAME_HEADER
    : 64 + samples * info.channels * Math.ceil((info.bitsPerSample + 1) / 8)

/** Whether a header is expected after another. */
const follows = (a: FlacFrameHeader, b: FlacFrameHeader): boolean =>
  a.variable === b.variable &&
  b.number === a.number + (a.variable ? a.samples : 1)
