import type { Mp3Header } from './mp3-header.ts'

/** Length of an ID3v2 tag at the start of the bytes; 0 where there is none. */
export const id3Bytes = (head: Uint8Array): number => {
  if (head.length < 10) return 0
  if (head[0] !== 0x49 || head[1] !== 0x44 || head[2] !== 0x33) return 0
  const size = head.subarray(6, 10)
  if (size.some(byte => byte > 0x7f)) return 0
  const body = (size[0]! << 21) | (size[1]! << 14) | (size[2]! << 7) | size[3]!
  const footer = head[5]! & 0x10 ? 10 : 0
  return 10 + body + footer
}

/** What the first frame of an MP3 says about the rest. */
export type Mp3Info = {
  /** Frames of the codec that follow; undefined where it does not say. */
  readonly frames: number | undefined
  /** PCM frames that the encoder put in front and behind. */
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
 * Reads a Xing, Info or VBRI frame; undefined where the frame is audio.
 * After the LAME tag specification (gabriel.mp3-tech.org/mp3infotag.html)
 * and Fraunhofer's VBRI layout.
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
  // A CRC of two bytes may stand between header and side information.
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
