import { endianness } from 'node:os'

/**
 * Samples of the 256 G.711 codes, in [-1, 1] (ITU-T G.711, 1988, tables 1 and
 * 2).
 */
const codeTable = (decode: (code: number) => number): Float32Array =>
  Float32Array.from({ length: 256 }, (_, code) => decode(code) / 32_768)

/** µ-law: 14-bit samples in the upper bits of 16. */
export const MULAW: Float32Array = codeTable(code => {
  const bits = ~code & 0xff
  const magnitude = ((((bits & 0x0f) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84
  return bits & 0x80 ? -magnitude : magnitude
})

/** A-law: 13-bit samples in the upper bits of 16. */
export const ALAW: Float32Array = codeTable(code => {
  const bits = code ^ 0x55
  const exponent = (bits >> 4) & 7
  const mantissa = ((bits & 0x0f) << 4) + 8
  const magnitude =
    exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1)
  return bits & 0x80 ? magnitude : -magnitude
})

/** Encoding of PCM, by ffmpeg's name. */
export type PcmEncoding =
  | 'u8'
  | 's16le'
  | 's16be'
  | 's24le'
  | 's32le'
  | 'f32le'
  | 'f64le'
  | 'mulaw'
  | 'alaw'

export const PCM_ENCODINGS: readonly PcmEncoding[] = [
  'u8',
  's16le',
  's16be',
  's24le',
  's32le',
  'f32le',
  'f64le',
  'mulaw',
  'alaw',
]

const SIZES: Record<PcmEncoding, number> = {
  u8: 1,
  s16le: 2,
  s16be: 2,
  s24le: 3,
  s32le: 4,
  f32le: 4,
  f64le: 8,
  mulaw: 1,
  alaw: 1,
}

/** Bytes of one sample of one channel. */
export const bytesPerSample = (encoding: PcmEncoding): number => SIZES[encoding]

const HOST_IS_BIG = endianness() === 'BE'

/** Returns bytes aligned and in host byte order. */
const hostOrder = (bytes: Uint8Array, size: 2 | 4 | 8, big = false) => {
  if (big === HOST_IS_BIG && bytes.byteOffset % size === 0) return bytes
  const copy = new Uint8Array(bytes)
  if (big !== HOST_IS_BIG) {
    const view = Buffer.from(copy.buffer)
    if (size === 2) view.swap16()
    else if (size === 4) view.swap32()
    else view.swap64()
  }
  return copy
}

type Samples = Int16Array | Int32Array | Float32Array | Float64Array

const planes = (channels: number, frames: number): Float32Array[] =>
  Array.from({ length: channels }, () => new Float32Array(frames))

const scaled = (
  samples: Samples,
  channels: number,
  scale: number,
): Float32Array[] => {
  const out = planes(channels, samples.length / channels)
  for (let c = 0; c < channels; c++) {
    const to = out[c]!
    for (let i = 0, at = c; i < to.length; i++, at += channels)
      to[i] = samples[at]! * scale
  }
  return out
}

const finite = (
  samples: Float32Array | Float64Array,
  channels: number,
): Float32Array[] => {
  const out = planes(channels, samples.length / channels)
  for (let c = 0; c < channels; c++) {
    const to = out[c]!
    for (let i = 0, at = c; i < to.length; i++, at += channels) {
      const sample = Math.fround(samples[at]!)
      to[i] = sample - sample === 0 ? sample : 0
    }
  }
  return out
}

const lookedUp = (
  bytes: Uint8Array,
  channels: number,
  table: Float32Array,
): Float32Array[] => {
  const out = planes(channels, bytes.length / channels)
  for (let c = 0; c < channels; c++) {
    const to = out[c]!
    for (let i = 0, at = c; i < to.length; i++, at += channels)
      to[i] = table[bytes[at]!]!
  }
  return out
}

const U8 = Float32Array.from({ length: 256 }, (_, code) => (code - 128) / 128)

const read24 = (bytes: Uint8Array, channels: number): Float32Array[] => {
  const out = planes(channels, bytes.length / 3 / channels)
  for (let c = 0; c < channels; c++) {
    const to = out[c]!
    for (let i = 0, at = c * 3; i < to.length; i++, at += channels * 3)
      to[i] =
        ((bytes[at]! << 8) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 24)) /
        2_147_483_648
  }
  return out
}

const viewAs = <T>(
  Kind: new (buffer: ArrayBuffer, offset: number, length: number) => T,
  bytes: Uint8Array,
  size: number,
): T =>
  new Kind(
    bytes.buffer as ArrayBuffer,
    bytes.byteOffset,
    bytes.byteLength / size,
  )

/**
 * Returns whole frames of interleaved PCM as planar samples in [-1, 1], in new
 * memory.
 */
export const readPcm = (
  bytes: Uint8Array,
  encoding: PcmEncoding,
  channels: number,
): Float32Array[] => {
  switch (encoding) {
    case 'u8':
      return lookedUp(bytes, channels, U8)
    case 'mulaw':
      return lookedUp(bytes, channels, MULAW)
    case 'alaw':
      return lookedUp(bytes, channels, ALAW)
    case 's16le':
    case 's16be': {
      const words = hostOrder(bytes, 2, encoding === 's16be')
      return scaled(viewAs(Int16Array, words, 2), channels, 1 / 32_768)
    }
    case 's24le':
      return read24(bytes, channels)
    case 's32le':
      return scaled(
        viewAs(Int32Array, hostOrder(bytes, 4), 4),
        channels,
        1 / 2_147_483_648,
      )
    case 'f32le':
      return finite(viewAs(Float32Array, hostOrder(bytes, 4), 4), channels)
    default:
      return finite(viewAs(Float64Array, hostOrder(bytes, 8), 8), channels)
  }
}

/** Reads frames of PCM from bytes in any chunking. */
export class PcmReader {
  readonly #encoding: PcmEncoding
  readonly #channels: number
  readonly #frameBytes: number
  #rest: Uint8Array = new Uint8Array(0)

  constructor(encoding: PcmEncoding, channels: number) {
    this.#encoding = encoding
    this.#channels = channels
    this.#frameBytes = bytesPerSample(encoding) * channels
  }

  /** Number of bytes of an incomplete frame. */
  get pending(): number {
    return this.#rest.length
  }

  /** Returns the complete frames, if any. */
  push(bytes: Uint8Array): Float32Array[] | undefined {
    const joined = this.#rest.length > 0 ? concat(this.#rest, bytes) : bytes
    const whole = joined.length - (joined.length % this.#frameBytes)
    this.#rest = new Uint8Array(joined.subarray(whole))
    if (whole === 0) return undefined
    return readPcm(joined.subarray(0, whole), this.#encoding, this.#channels)
  }
}

const concat = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const joined = new Uint8Array(a.length + b.length)
  joined.set(a)
  joined.set(b, a.length)
  return joined
}
