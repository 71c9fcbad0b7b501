import { PcmReader, type PcmEncoding, bytesPerSample } from '../../audio/pcm.ts'
import { WavParser } from './wav-parser.ts'
import { DecodeError } from '../../core/errors.ts'
import type { ByteSource } from '../byte-source.ts'
import type { Decoded } from '../decoded.ts'

/** How headerless PCM is to be read. */
export type RawFormat = {
  readonly encoding: PcmEncoding
  /** Frames per second, in Hz. */
  readonly sampleRate: number
  readonly channels: number
}

const BLOCK_FRAMES = 8192

const blockBytes = ({ encoding, channels }: RawFormat): number =>
  Math.min(65_536, BLOCK_FRAMES * bytesPerSample(encoding) * channels)

const pending = (bytes: number): Decoded => ({
  type: 'cut',
  where: `inside a frame: the last ${bytes} bytes were dropped`,
})

/** Reads headerless PCM. */
export const rawDecoder = (raw: RawFormat) =>
  async function* (source: ByteSource): AsyncGenerator<Decoded> {
    const { encoding, sampleRate, channels } = raw
    const codec = `pcm_${encoding}`
    yield {
      type: 'format',
      format: { container: 'raw', codec, sampleRate, channels },
    }
    const reader = new PcmReader(encoding, channels)
    for (let bytes; (bytes = await source.next(blockBytes(raw)));) {
      const channels = reader.push(bytes)
      if (channels) yield { type: 'audio', channels }
    }
    if (reader.pending > 0) yield pending(reader.pending)
  }

/**
 * Reads the samples of a WAV from any source of portions.
 *
 * @param container what to call it; ffmpeg hands over its output as WAV
 */
export async function* wavAudio(
  portions: (max: number) => Promise<Uint8Array | undefined>,
  container: string,
): AsyncGenerator<Decoded> {
  const parser = new WavParser()
  let reader: PcmReader | undefined
  let max = 65_536
  for (let bytes; !parser.complete && (bytes = await portions(max));) {
    const samples = parser.push(bytes)
    if (!parser.inData) continue
    if (!reader) {
      const format = rawOf(parser)
      reader = new PcmReader(format.encoding, format.channels)
      max = blockBytes(format)
      yield { type: 'format', format: describe(parser, format, container) }
    }
    const channels = reader.push(samples)
    if (channels) yield { type: 'audio', channels }
  }
  if (reader?.pending) yield pending(reader.pending)
  if (!parser.inData) yield { type: 'cut', where: 'inside the WAV header' }
}

/** Reads a WAV file. */
export const decodeWav = (source: ByteSource): AsyncGenerator<Decoded> =>
  wavAudio(max => source.next(max), 'wav')

const rawOf = ({ format }: WavParser): RawFormat => {
  if (!format?.encoding)
    throw new DecodeError(
      'wav',
      `WAV of format ${format?.tag} at this width cannot be read; convert it to PCM`,
    )
  const { encoding, sampleRate, channels } = format
  return { encoding, sampleRate, channels }
}

const describe = (parser: WavParser, raw: RawFormat, container: string) => {
  const { encoding, sampleRate, channels } = raw
  const frames = parser.declaredFrames
  return {
    container,
    ...(container === 'wav' && { codec: `pcm_${encoding}` }),
    sampleRate,
    channels,
    ...(frames !== undefined && { durationMs: (frames / sampleRate) * 1000 }),
  }
}
