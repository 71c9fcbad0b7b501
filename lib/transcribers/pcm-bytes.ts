import { Duplex } from 'node:stream'
import { endOf, type AudioChunk } from '../core/audio-chunk.ts'
import { s16Bytes } from '../audio/wav-writer.ts'

/** Frames of silence that are written at a time. */
const SILENCE = 16_000

async function* bytesOf(
  chunks: AsyncIterable<AudioChunk>,
): AsyncGenerator<Uint8Array> {
  let next = 0
  for await (const chunk of chunks) {
    for (; next < chunk.offset; next += SILENCE) {
      const frames = Math.min(SILENCE, chunk.offset - next)
      yield s16Bytes(new Float32Array(frames))
    }
    yield s16Bytes(chunk.channels[0]!)
    next = endOf(chunk)
  }
}

/**
 * Takes mono {@link AudioChunk}s and gives headerless PCM, `s16le`. Where the
 * source has a gap there is silence, so that what follows keeps its place.
 */
export const pcmBytes = (): Duplex => Duplex.from(bytesOf)
