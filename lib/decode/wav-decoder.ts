import { type PcmEncoding, bytesPerSample, PcmReader } from '../audio/pcm.ts'
import { DecodeError } from '../core/errors.ts'
import { type ByteSource, ByteBuffer } from './byte-source.ts'
import type { Decoded } from './format-decoder.ts'

/** Format of headerless PCM. */
export type RawFormat = {
  /** Encoding of a sample. */
  readonly encoding: PcmEncoding
  /** Frames per second, in Hz. */
  readonly sampleRate: number
  /** Number of channels, whose samples alternate. */
  readonly channels: number
}

const BLOCK_FRAMES = 8192

const blockBytes = ({ encoding, channels }: RawFormat): number =>
  Math.min(65_536, BLOCK_FRAMES * bytesPerSample(encoding) * channels)

const truncatedFrame = (bytes: number): Decoded => ({
  type: 'truncated',
  where: `inside a frame: the last ${bytes} bytes were dropped`,
})

export const rawDecoder = (raw: RawFormat) =>
  async function* (source: ByteSource): AsyncGenerator<Decoded> {
    const { encoding, sampleRate, channels } = raw
    const codec = `pcm_${encoding}`
    yield {
      type: 'format',
      format: { container: 'raw', codec, sampleRate, channels },
    }
    const reader = new PcmReader(encoding, channels)
    for (let bytes; (bytes = await source.read(blockBytes(raw)));) {
      const channels = reader.push(bytes)
      if (channels) yield { type: 'audio', channels }
    }
    if (reader.pending > 0) yield truncatedFrame(reader.pending)
  }

/** Content of the `fmt ` chunk. */
type WavFormat = {
  /** WAVE_FORMAT tag, or the tag of the extensible sub-format. */
  readonly tag: number
  /** Undefined unless the samples are PCM or G.711. */
  readonly encoding: PcmEncoding | undefined
  readonly sampleRate: number
  readonly channels: number
}

const MAX_CHANNELS = 64
const MAX_RATE = 1_536_000

/** Sizes of `data` by ffmpeg, SoX and arecord when they cannot seek. */
const UNKNOWN_SIZES = new Set([
  0xffffffff, 0x7fffffff, 0x7ffff000, 0x80000000, 0x7fffffda,
])

const name = (bytes: Uint8Array, at: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + 4))

const view = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** By tag and bytes per sample. */
const ENCODINGS: Readonly<Record<string, PcmEncoding>> = {
  '1/1': 'u8',
  '1/2': 's16le',
  '1/3': 's24le',
  '1/4': 's32le',
  '3/4': 'f32le',
  '3/8': 'f64le',
  '6/1': 'alaw',
  '7/1': 'mulaw',
}

/** Reads the body of a `fmt ` chunk (mmreg.h, WAVEFORMATEX). */
export const parseWavFormat = (body: Uint8Array): WavFormat => {
  if (body.length < 14)
    throw new DecodeError('wav', 'the WAV header is damaged: no format in it')
  const fields = view(body)
  let tag = fields.getUint16(0, true)
  const channels = fields.getUint16(2, true)
  const sampleRate = fields.getUint32(4, true)
  const blockAlign = fields.getUint16(12, true)
  const bits = body.length >= 16 ? fields.getUint16(14, true) : 8
  if (tag === 0xfffe && body.length >= 26) tag = fields.getUint16(24, true)
  if (channels < 1 || channels > MAX_CHANNELS)
    throw new DecodeError(
      'wav',
      `the WAV header declares ${channels} channels; 1 to ${MAX_CHANNELS} can be read`,
    )
  if (sampleRate < 1 || sampleRate > MAX_RATE)
    throw new DecodeError(
      'wav',
      `the WAV header declares ${sampleRate} Hz; 1 to ${MAX_RATE} can be read`,
    )
  // Samples of 24 bits may take 4 bytes.
  const sampleBytes =
    blockAlign > 0 && blockAlign % channels === 0
      ? blockAlign / channels
      : Math.ceil(bits / 8)
  const encoding = ENCODINGS[`${tag}/${sampleBytes}`]
  return { tag, encoding, sampleRate, channels }
}

/** Reads the format of a WAV; undefined if it needs more bytes. */
export const peekWavFormat = (head: Uint8Array): WavFormat | undefined => {
  const fields = view(head)
  for (let at = 12; at + 8 <= head.length;) {
    const size = fields.getUint32(at + 4, true)
    if (name(head, at) === 'fmt ') {
      if (at + 8 + Math.min(size, 26) > head.length) return undefined
      return parseWavFormat(head.subarray(at + 8, at + 8 + size))
    }
    at += 8 + size + (size % 2)
  }
  return undefined
}

/**
 * Extracts the samples of a WAV file (RIFF or RF64). Unknown lengths, as
 * written to pipes, extend to the end of the input.
 */
export class WavParser {
  readonly #buffer = new ByteBuffer()
  #position = 0
  #skip = 0
  #riffSize = 0
  #ds64: { data: number } | undefined
  inData = false
  #received = 0
  #dataBytes: number | undefined
  /** Set before the first samples. */
  format: WavFormat | undefined

  get declaredFrames(): number | undefined {
    if (this.#dataBytes === undefined || !this.format?.encoding)
      return undefined
    const { channels, encoding } = this.format
    return Math.floor(this.#dataBytes / (channels * bytesPerSample(encoding)))
  }

  get complete(): boolean {
    return this.inData && this.#received === this.#dataBytes
  }

  push(bytes: Uint8Array): Uint8Array {
    if (this.inData) return this.#take(bytes)
    this.#buffer.append(bytes)
    while (!this.inData && this.#step());
    if (!this.inData) return new Uint8Array(0)
    const rest = new Uint8Array(this.#buffer.bytes)
    this.#buffer.skip(rest.length)
    return this.#take(rest)
  }

  #take(bytes: Uint8Array): Uint8Array {
    const left = (this.#dataBytes ?? Infinity) - this.#received
    const taken = bytes.length > left ? bytes.subarray(0, left) : bytes
    this.#received += taken.length
    return taken
  }

  #drop(count: number): void {
    this.#buffer.skip(count)
    this.#position += count
  }

  /** Reads a chunk of the header; returns false if it needs more bytes. */
  #step(): boolean {
    if (this.#skip > 0) {
      const count = Math.min(this.#skip, this.#buffer.length)
      this.#skip -= count
      this.#drop(count)
      if (this.#skip > 0) return false
    }
    const head = this.#buffer.bytes
    if (this.#position === 0) {
      if (head.length < 12) return false
      this.#riffSize = view(head).getUint32(4, true)
      this.#drop(12)
      return true
    }
    if (head.length < 8) return false
    return this.#chunk(name(head, 0), view(head).getUint32(4, true), head)
  }

  #chunk(id: string, size: number, head: Uint8Array): boolean {
    if (id === 'data') return this.#startData(size)
    if (id === 'fmt ' || id === 'ds64') {
      const kept = Math.min(size, 64)
      if (head.length < 8 + kept) return false
      const body = head.subarray(8, 8 + kept)
      if (id === 'fmt ') this.format = parseWavFormat(body)
      else if (kept >= 16)
        this.#ds64 = { data: Number(view(body).getBigUint64(8, true)) }
    }
    this.#skip = 8 + size + (size % 2)
    return true
  }

  #startData(size: number): boolean {
    if (!this.format)
      throw new DecodeError('wav', 'the WAV header is damaged: no format in it')
    this.#drop(8)
    this.inData = true
    this.#dataBytes = this.#declared(size)
    return false
  }

  #declared(size: number): number | undefined {
    // In an RF64 of unknown length, ds64 has zeros.
    if (size === 0xffffffff && this.#ds64) return this.#ds64.data || undefined
    if (UNKNOWN_SIZES.has(size)) return undefined
    if (size > 0) return size
    // An empty `data` only has no samples if chunks follow it.
    const known = this.#riffSize !== 0 && this.#riffSize !== 0xffffffff
    return known && this.#riffSize + 8 > this.#position ? 0 : undefined
  }
}

const pcmFormatOf = ({ format }: WavParser): RawFormat => {
  const encoding = format?.encoding
  if (format && encoding) return { ...format, encoding }
  throw new DecodeError(
    'wav',
    `WAV of format ${format?.tag} at this width cannot be read; convert it to PCM`,
  )
}

/**
 * Decodes a WAV, also one that ffmpeg writes.
 * @param container name in the format
 */
export async function* wavAudio(
  read: (max: number) => Promise<Uint8Array | undefined>,
  container: string,
): AsyncGenerator<Decoded> {
  const parser = new WavParser()
  let reader: PcmReader | undefined
  let max = 65_536
  for (let bytes; !parser.complete && (bytes = await read(max));) {
    const samples = parser.push(bytes)
    if (!parser.inData) continue
    if (!reader) {
      const { encoding, sampleRate, channels } = pcmFormatOf(parser)
      reader = new PcmReader(encoding, channels)
      max = blockBytes({ encoding, sampleRate, channels })
      const frames = parser.declaredFrames
      yield {
        type: 'format',
        format: {
          container,
          ...(container === 'wav' && { codec: `pcm_${encoding}` }),
          sampleRate,
          channels,
          ...(frames !== undefined && {
            durationMs: (frames / sampleRate) * 1000,
          }),
        },
      }
    }
    const channels = reader.push(samples)
    if (channels) yield { type: 'audio', channels }
  }
  if (reader?.pending) yield truncatedFrame(reader.pending)
  if (!parser.inData)
    yield { type: 'truncated', where: 'inside the WAV header' }
}

export const decodeWav = (source: ByteSource): AsyncGenerator<Decoded> =>
  wavAudio(max => source.read(max), 'wav')
