import { ByteBuffer } from '../byte-buffer.ts'
import {
  CRC16,
  type FlacFrameHeader,
  type FlacInfo,
  MAX_FRAME_HEADER,
  parseFlacFrameHeader,
  parseStreamInfo,
} from './flac-header.ts'

/** Frames without an end, one after the other, that are searched through. */
const MAX_FAILURES = 8

/** A frame whose checksum is right; `bytes` are good until the next `push`. */
export type FlacFrame = {
  readonly bytes: Uint8Array
  readonly header: FlacFrameHeader
  /** Index of its first PCM frame in the stream. */
  readonly at: number
}

/**
 * Cuts FLAC into frames, in any portions. A frame says nothing of its length:
 * it ends where its CRC-16 comes out even and another header, or the end of
 * the input, follows. What fails its checksum is left out.
 */
export class FlacFrames {
  readonly #buffer = new ByteBuffer()
  #skip = 4
  #inFrames = false
  #info: FlacInfo | undefined
  #header: FlacFrameHeader | undefined
  #failures = 0
  #scanned = 0
  #crc = 0
  #damaged = 0
  #cut = false

  /** Known before the first frame; undefined where the header is damaged. */
  get info(): FlacInfo | undefined {
    return this.#info
  }

  /** Bytes left out because they are no frame, or a damaged one. */
  get damaged(): number {
    return this.#damaged
  }

  /** After `end`: whether the input stopped inside a frame or the header. */
  get cut(): boolean {
    return this.#cut
  }

  /** The frames known to be whole with these bytes. */
  *push(bytes: Uint8Array): Generator<FlacFrame> {
    this.#buffer.append(bytes)
    yield* this.#frames(false)
  }

  /** The frames left when no more bytes come. */
  *end(): Generator<FlacFrame> {
    if (isTagged(this.#buffer.bytes)) {
      this.#buffer.trim(TAG_BYTES)
      // The tag has been taken for a part of the frame.
      this.#scanned = 0
      this.#crc = 0
    }
    yield* this.#frames(true)
    this.#cut ||= !this.#inFrames || this.#skip > 0
  }

  *#frames(ended: boolean): Generator<FlacFrame> {
    while (!this.#inFrames) if (!this.#metadata()) return
    const info = this.#info
    if (!info) return this.#damage(this.#buffer.length)
    if (!this.#pass()) return
    while (this.#header || this.#findHeader(info, ended)) {
      const header = this.#header!
      const end = this.#findEnd(info, header, ended)
      if (end === undefined) return
      if (end > 0) {
        const bytes = this.#buffer.bytes.subarray(0, end)
        const { variable, number } = header
        const at = variable ? number : number * info.blockSize
        yield { bytes, header, at }
      }
      // A frame without an end: look for the next one behind its first byte.
      if (end === 0) this.#damage(1)
      else {
        this.#buffer.skip(end)
        this.#failures = 0
      }
      this.#header = undefined
      this.#scanned = 0
      this.#crc = 0
    }
  }

  /** Passes over what is to be skipped; false where more bytes are needed. */
  #pass(): boolean {
    const count = Math.min(this.#skip, this.#buffer.length)
    this.#buffer.skip(count)
    this.#skip -= count
    return this.#skip === 0
  }

  /** Leaves bytes out; behind a cut it is the cut that is to blame. */
  #damage(count: number): void {
    if (!this.#cut) this.#damaged += count
    this.#buffer.skip(count)
  }

  /** Reads one block of metadata; false where more bytes are needed. */
  #metadata(): boolean {
    if (!this.#pass()) return false
    const head = this.#buffer.bytes
    if (head.length < 4) return false
    const size = (head[1]! << 16) | (head[2]! << 8) | head[3]!
    if ((head[0]! & 0x7f) === 0) {
      if (head.length < 38) return false
      this.#info = parseStreamInfo(head.subarray(4, 38))
    }
    this.#inFrames = head[0] === 0xff || (head[0]! & 0x80) !== 0
    if (head[0] === 0xff) return true
    this.#skip = 4 + size
    return true
  }

  /** Moves to the next frame header; false where more bytes are needed. */
  #findHeader(info: FlacInfo, ended: boolean): boolean {
    for (;;) {
      const held = this.#buffer.bytes
      const at = held.indexOf(0xff)
      if (at !== 0) this.#damage(at < 0 ? held.length : at)
      const rest = this.#buffer.bytes
      if (rest.length < (ended ? 1 : MAX_FRAME_HEADER)) return false
      this.#header = parseFlacFrameHeader(rest, 0, info)
      if (this.#header) return true
      this.#damage(1)
    }
  }

  /**
   * Length of the frame at the start of the buffer; 0 where it is damaged,
   * undefined where more bytes are needed.
   */
  #findEnd(
    info: FlacInfo,
    header: FlacFrameHeader,
    ended: boolean,
  ): number | undefined {
    const held = this.#buffer.bytes
    const limit = maxBytes(info, header)
    const clear = held.length - (ended ? 0 : MAX_FRAME_HEADER)
    let crc = this.#crc
    let at = this.#scanned
    for (; at < clear && at <= limit; at++) {
      if (held[at] === 0xff && (held[at + 1]! & 0xfe) === 0xf8 && at > 0) {
        const next = parseFlacFrameHeader(held, at, info)
        if (next && crc === 0) return at
        if (next && follows(header, next)) {
          this.#damage(at - 1)
          return 0
        }
      }
      crc = ((crc << 8) & 0xffff) ^ CRC16[(crc >> 8) ^ held[at]!]!
    }
    this.#crc = crc
    this.#scanned = at
    if (at > limit) {
      // So often a header without its end: none of this can be frames.
      if (++this.#failures > MAX_FAILURES) this.#damage(at - 1)
      return 0
    }
    if (!ended) return undefined
    if (crc === 0) return held.length
    this.#cut = true
    return 0
  }
}

const TAG_BYTES = 128

/** Whether the bytes end with an ID3v1 tag. */
const isTagged = (held: Uint8Array): boolean => {
  const tag = held.subarray(-TAG_BYTES)
  return (
    held.length > TAG_BYTES &&
    String.fromCharCode(...tag.subarray(0, 3)) === 'TAG'
  )
}

/** A frame is at most a little larger than its samples uncompressed. */
const maxBytes = (info: FlacInfo, { samples }: FlacFrameHeader): number =>
  info.maxFrameBytes !== undefined
    ? info.maxFrameBytes + MAX_FRAME_HEADER
    : 64 + samples * info.channels * Math.ceil((info.bitsPerSample + 1) / 8)

/** Whether a header is the one expected behind another. */
const follows = (a: FlacFrameHeader, b: FlacFrameHeader): boolean =>
  a.variable === b.variable &&
  b.number === a.number + (a.variable ? a.samples : 1)
