import { FLACDecoder } from '@wasm-audio-decoders/flac'
import {
  FlacFrames,
  type FlacFrame,
  type FlacInfo,
  parseStreamInfo,
  standaloneFlacFrame,
} from './flac-frames.ts'
import { DecodeError } from '../../core/errors.ts'
import type { ByteSource } from '../byte-source.ts'
import { type Decoded, decodeFrames, patchWasm } from '../format-decoder.ts'

/** Sample widths in bits that the decoder scales correctly. */
const WIDTHS: ReadonlySet<number> = new Set([8, 16, 24, 32])

/** Size in bytes of the largest frame: 65,535 samples, 32 bits, 8 channels. */
const MAX_FRAME = 2 ** 21 + 1024

/** Consecutive rejected frames after which decoding fails. */
const MAX_REJECTED = 20

/** Reads STREAMINFO at the start of a file, if present. */
export const peekFlacInfo = (head: Uint8Array): FlacInfo | undefined =>
  head.length >= 42 && (head[4]! & 0x7f) === 0
    ? parseStreamInfo(head.subarray(8, 42))
    : undefined

/**
 * Whether ffmpeg has to decode samples of this width. ffmpeg loses blocks of
 * silence below 8 bits, so {@link decodeFlac} rejects those.
 */
export const isForFfmpeg = ({ bitsPerSample }: FlacInfo): boolean =>
  bitsPerSample > 8 && !WIDTHS.has(bitsPerSample)

const describe = (info: FlacInfo): Decoded => ({
  type: 'format',
  format: {
    container: 'flac',
    codec: 'flac',
    sampleRate: info.sampleRate,
    channels: info.channels,
    ...(info.totalSamples && {
      durationMs: (info.totalSamples / info.sampleRate) * 1000,
    }),
  },
})

type Pointer = { readonly buf: Uint32Array }

type Inside = {
  /** Larger input is divided, and not decoded. */
  _MAX_INPUT_SIZE: number
  readonly _errorStringPtr: Pointer
  readonly _stateStringPtr: Pointer
}

/** Creates a decoder that accepts frames of any size and prints no errors. */
const open = async (): Promise<FLACDecoder> => {
  const decoder = new FLACDecoder()
  await decoder.ready
  const inside = (decoder as unknown as { _decoder: Inside })._decoder
  inside._MAX_INPUT_SIZE = MAX_FRAME
  patchWasm(inside, 'decode_frame', original => (...args) => {
    const result = original(...args)
    inside._errorStringPtr.buf[0] = 0
    inside._stateStringPtr.buf[0] = 0
    return result
  })
  return decoder
}

/**
 * Decodes frames one by one. When the decoder returns no output, it frees its
 * last one again, or an uninitialised address, which corrupts its memory. So it
 * only receives whole frames without stream headers, and is replaced after it
 * rejects one.
 */
class FlacFrameDecoder {
  #decoder: FLACDecoder | undefined
  #samples = 0
  #rejected = 0

  /** Returns samples in [-1, 1); undefined if libFLAC rejects the frame. */
  async decode(
    { bytes, header }: FlacFrame,
    info: FlacInfo,
  ): Promise<Float32Array[] | undefined> {
    const { bitsPerSample: bits } = info
    if (!WIDTHS.has(bits))
      throw new DecodeError(
        'flac',
        `FLAC with ${bits} bits per sample cannot be decoded: convert it to 16 bits`,
      )
    this.#decoder ??= await open()
    const at = this.#samples % 2 ** 36
    this.#samples += header.samples
    const frame = standaloneFlacFrame(bytes, header, info, at)
    // Only frames of a stream with a wrong header are larger.
    if (frame.length <= MAX_FRAME)
      try {
        const { channelData } = await this.#decoder.decodeFrames([frame])
        if (channelData[0]?.length === header.samples) {
          this.#rejected = 0
          return scaled(channelData, bits)
        }
      } catch (error) {
        if ((error as Error).name !== 'RuntimeError') throw error
      }
    this.#decoder = undefined
    if (++this.#rejected > MAX_REJECTED)
      throw new DecodeError(
        'flac',
        `the flac input cannot be decoded: libFLAC rejects ${this.#rejected} frames in a row`,
      )
    return undefined
  }

  free(): void {
    this.#decoder?.free()
  }
}

/**
 * Scales samples in place: the package divides by the largest positive number,
 * other decoders by a power of two.
 */
const scaled = (channels: Float32Array[], bits: number): Float32Array[] => {
  const power = 2 ** (bits - 1)
  // At 32 bits both divisors are the same float.
  if (bits < 32)
    for (const samples of channels)
      for (let i = 0; i < samples.length; i++)
        samples[i] = Math.round(samples[i]! * (power - 1)) / power
  return channels
}

/** Decodes FLAC: voxpipe finds and checks frames, libFLAC decodes them. */
export async function* decodeFlac(source: ByteSource): AsyncGenerator<Decoded> {
  const parser = new FlacFrames()
  const decoder = new FlacFrameDecoder()
  let described = false
  let base: number | undefined

  async function* decode(frames: Iterable<FlacFrame>): AsyncGenerator<Decoded> {
    for (const frame of frames) {
      const info = parser.info!
      if (!described) yield describe(info)
      described = true
      // A recorded stream may begin at any frame.
      base ??= parser.damaged > 0 ? 0 : frame.at
      const channels = await decoder.decode(frame, info)
      if (channels) yield { type: 'audio', channels, at: frame.at - base }
      else
        yield { type: 'damage', what: `a frame of ${frame.bytes.length} bytes` }
    }
  }

  try {
    yield* decodeFrames(source, parser, decode, 'inside a frame')
  } finally {
    decoder.free()
  }
}
