import { type PcmEncoding, bytesPerSample, PcmReader } from '../audio/pcm.ts'
import type { ByteSource } from './byte-source.ts'
import type { Decoded } from './format-decoder.ts'

/** Format of headerless PCM. */
export type RawFormat = {
  readonly encoding: PcmEncoding
  /** Frames per second, in Hz. */
  readonly sampleRate: number
  readonly channels: number
}

const BLOCK_FRAMES = 8192

/** Number of bytes to read in one step. */
export const blockBytes = ({ encoding, channels }: RawFormat): number =>
  Math.min(65_536, BLOCK_FRAMES * bytesPerSample(encoding) * channels)

/** Reports that the input ends inside a PCM frame. */
export const truncatedFrame = (bytes: number): Decoded => ({
  type: 'truncated',
  where: `inside a frame: the last ${bytes} bytes were dropped`,
})

/** Decodes headerless PCM. */
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
