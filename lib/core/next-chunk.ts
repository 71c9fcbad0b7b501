import { isAudioChunk } from './audio-chunk.ts'
import { FormatError } from './errors.ts'

/**
 * What is wrong with a chunk that a transcriber was given; nothing, where it
 * is mono, of the rate, and goes on.
 *
 * @param stage name of the transcriber
 * @param sampleRate what it takes
 * @param next offset that nothing may be before
 */
export const problemWith = (
  chunk: unknown,
  stage: string,
  sampleRate: number,
  next: number,
): FormatError | undefined => {
  if (!isAudioChunk(chunk))
    return new FormatError(
      `${stage} takes AudioChunks: put a Decoder in front of it`,
    )
  const { channels, offset } = chunk
  if (chunk.sampleRate !== sampleRate || channels.length !== 1)
    return new FormatError(
      `${stage} takes ${sampleRate} Hz mono, got ${chunk.sampleRate} Hz with ` +
        `${channels.length} channels: put new Resampler({ sampleRate: ` +
        `${String(sampleRate).replace(/000$/, '_000')} }) in front of it`,
    )
  if (offset < next)
    return new FormatError(`audio goes back: offset ${offset} after ${next}`)
  return undefined
}
