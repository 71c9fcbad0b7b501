import { FrameParser } from '../format-decoder.ts'

/** Header of an MPEG audio frame. */
export type Mp3Header = {
  /** 1, 2, or 2.5. */
  readonly version: number
  readonly layer: number
  readonly sampleRate: number
  readonly channels: number
  readonly bytes: number
  /** PCM samples per channel. */
  readonly samples: number
}

// kbit/s by index (ISO/IEC 11172-3 2.4.2.3, 13818-3 2.4.2.3)
const V1_L1 = [
  0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448,
]
const V1_L2 = [
  0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384,
]
const V1_L3 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
const V2_L1 = [
  0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256,
]
const V2_L23 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
const BITRATES = [
  [V1_L1, V1_L2, V1_L3],
  [V2_L1, V2_L23, V2_L23],
]
const RATES = [44_100, 48_000, 32_000]

/**
 * Reads a frame header, if valid. Free format (no bit rate) is not supported.
 */
export const parseMp3Header = (
  bytes: Uint8Array,
  at = 0,
): Mp3Header | undefined => {
  if (at + 4 > bytes.length) return undefined
  const b1 = bytes[at + 1]!
  const b2 = bytes[at + 2]!
  if (bytes[at] !== 0xff || (b1 & 0xe0) !== 0xe0) return undefined
  const versionBits = (b1 >> 3) & 3
  const layer = 4 - ((b1 >> 1) & 3)
  const rate = RATES[(b2 >> 2) & 3]
  if (versionBits === 1 || layer === 4 || rate === undefined) return undefined
  const kbits = BITRATES[versionBits === 3 ? 0 : 1]![layer - 1]![b2 >> 4]
  if (!kbits) return undefined
  const version = versionBits === 3 ? 1 : versionBits === 2 ? 2 : 2.5
  const sampleRate = rate / (version === 1 ? 1 : version === 2 ? 2 : 4)
  const samples = layer === 1 ? 384 : layer === 3 && version !== 1 ? 576 : 1152
  const slot = layer === 1 ? 4 : 1
  const slots = Math.floor((samples / 8 / slot) * ((kbits * 1000) / sampleRate))
  return {
    version,
    layer,
    sampleRate,
    channels: bytes[at + 3]! >> 6 === 3 ? 1 : 2,
    bytes: (slots + ((b2 >> 1) & 1)) * slot,
    samples,
  }
}

const sameMp3Stream = (a: Mp3Header, b: Mp3Header): boolean =>
  a.version === b.version &&
  a.layer === b.layer &&
  a.sampleRate === b.sampleRate

/**
 * Whether `run` frames start at `at`, or fewer if the input ends exactly after
 * the last.
 */
export const isMp3Run = (
  bytes: Uint8Array,
  at: number,
  run: number,
  ended: boolean,
): boolean => {
  const first = parseMp3Header(bytes, at)
  if (!first) return false
  let next = at
  for (let i = 0; i < run; i++) {
    if (ended && i > 0 && next === bytes.length) return true
    const header = parseMp3Header(bytes, next)
    if (!header || !sameMp3Stream(first, header)) return false
    next += header.bytes
  }
  return true
}

/** Size of an ID3v2 tag at the start; 0 without one. */
export const id3Bytes = (head: Uint8Array): number => {
  if (head.length < 10) return 0
  if (head[0] !== 0x49 || head[1] !== 0x44 || head[2] !== 0x33) return 0
  const size = head.subarray(6, 10)
  if (size.some(byte => byte > 0x7f)) return 0
  const body = (size[0]! << 21) | (size[1]! << 14) | (size[2]! << 7) | size[3]!
  const footer = head[5]! & 0x10 ? 10 : 0
  return 10 + body + footer
}

/** Information in the first frame of an MP3. */
export type Mp3Info = {
  /** Number of MPEG frames, if known. */
  readonly frames: number | undefined
  /** Samples that the encoder added at start and end. */
  readonly gapless: { delay: number; padding: number } | undefined
}

const ascii = (bytes: Uint8Array, at: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + 4))

const u32 = (bytes: Uint8Array, at: number): number =>
  ((bytes[at]! << 24) |
    (bytes[at + 1]! << 16) |
    (bytes[at + 2]! << 8) |
    bytes[at + 3]!) >>>
  0

/**
 * Reads a Xing, Info or VBRI frame; undefined for audio. Sources: LAME tag
 * specification (gabriel.mp3-tech.org/mp3infotag.html), Fraunhofer's VBRI
 * layout.
 */
export const parseMp3Info = (
  frame: Uint8Array,
  header: Mp3Header,
): Mp3Info | undefined => {
  if (header.layer !== 3) return undefined
  if (frame.length >= 36 + 18 && ascii(frame, 36) === 'VBRI')
    return { frames: u32(frame, 36 + 14), gapless: undefined }
  const side =
    header.version === 1
      ? header.channels === 1
        ? 17
        : 32
      : header.channels === 1
        ? 9
        : 17
  // Two bytes of CRC may precede the side information.
  for (const at of [4 + side, 6 + side]) {
    const id = ascii(frame, at)
    if (id === 'Xing' || id === 'Info') return parseXing(frame, at)
  }
  return undefined
}

const parseXing = (frame: Uint8Array, at: number): Mp3Info => {
  const flags = u32(frame, at + 4)
  let next = at + 8
  const frames = flags & 1 && next + 4 <= frame.length ? u32(frame, next) : 0
  for (const [flag, bytes] of [
    [1, 4],
    [2, 4],
    [4, 100],
    [8, 4],
  ] as const)
    if (flags & flag) next += bytes
  const lame = frame.subarray(next, next + 24)
  const tagged = lame.length === 24 && /[A-Za-z]/.test(ascii(lame, 0)[0]!)
  return {
    frames: frames || undefined,
    gapless: tagged
      ? {
          delay: (lame[21]! << 4) | (lame[22]! >> 4),
          padding: ((lame[22]! & 0x0f) << 8) | lame[23]!,
        }
      : undefined,
  }
}

/** A frame; valid until the next `push`. */
export type Mp3Frame = {
  readonly bytes: Uint8Array
  readonly header: Mp3Header
}

/** Consecutive frames that confirm a sync word. */
const MIN_RUN = 3
/** Bytes needed to identify any tag. */
const TAG_HEADER = 32

/** Splits MPEG audio into frames, and resynchronises after damage. */
export class Mp3Frames extends FrameParser<Mp3Frame> {
  #stream: Mp3Header | undefined
  #synced = true;

  override *end(): Generator<Mp3Frame> {
    yield* super.end()
    this.truncated = this.buffer.length > 0 || this.skip > 0
  }

  protected *frames(ended: boolean): Generator<Mp3Frame> {
    for (;;) {
      const ready = this.skipBytes()
      const held = this.buffer.bytes
      if (!ready || held.length < 4) return
      const header = this.#synced ? this.#headerAt(held) : undefined
      if (header) {
        if (held.length < header.bytes) return
        this.#stream ??= header
        yield { bytes: held.subarray(0, header.bytes), header }
        this.skip = header.bytes
      } else {
        if (!ended && held.length < TAG_HEADER) return
        // Elsewhere the result would depend on how the bytes are cut.
        if (this.#synced) this.skip = zeros(held) || tagBytes(held)
        if (this.skip === 0 && !this.#resync(held, ended)) return
      }
    }
  }

  #headerAt(held: Uint8Array): Mp3Header | undefined {
    const header = parseMp3Header(held)
    if (!header || !this.#stream) return header
    return sameMp3Stream(this.#stream, header) ? header : undefined
  }

  /** Moves to the next frames; returns false if it needs more bytes. */
  #resync(held: Uint8Array, ended: boolean): boolean {
    this.#synced = false
    let at = held.indexOf(0xff)
    for (; at >= 0; at = held.indexOf(0xff, at + 1)) {
      const found = this.#isFrameAt(held, at, ended)
      if (found === false) continue
      this.#synced = found === true
      this.#omit(held.subarray(0, at))
      return this.#synced
    }
    this.#omit(held)
    return false
  }

  /** Whether frames begin at `at`; undefined if it needs more bytes. */
  #isFrameAt(
    held: Uint8Array,
    at: number,
    ended: boolean,
  ): boolean | undefined {
    const rest = held.subarray(at)
    if (rest.length < 4) return ended ? false : undefined
    const first = this.#headerAt(rest)
    if (!first) return false
    for (let run = 1; run <= MIN_RUN; run++)
      if (!isMp3Run(rest, 0, run, ended))
        return ended || isReached(rest, run) ? false : undefined
    return true
  }

  #omit(bytes: Uint8Array): void {
    this.damaged += bytes.length
    this.buffer.skip(bytes.length)
  }
}

/** Whether the bytes contain the header of frame `run`. */
const isReached = (bytes: Uint8Array, run: number): boolean => {
  let at = 0
  for (let i = 1; i < run; i++) {
    const header = parseMp3Header(bytes, at)
    if (!header) return true
    at += header.bytes
  }
  return at + 4 <= bytes.length
}

const zeros = (held: Uint8Array): number => {
  const end = held.findIndex(byte => byte !== 0)
  return end < 0 ? held.length : end
}

/** Size of a tag (ID3v2, ID3v1, APE) at the start. */
const tagBytes = (held: Uint8Array): number => {
  const id = String.fromCharCode(...held.subarray(0, 8))
  if (id.startsWith('ID3')) return id3Bytes(held)
  if (id.startsWith('TAG')) return 128
  if (id === 'APETAGEX' && held.length >= 32)
    return new DataView(held.buffer, held.byteOffset).getUint32(12, true) + 32
  return 0
}
