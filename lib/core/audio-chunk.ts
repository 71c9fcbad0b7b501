import { FormatError } from './errors.ts'

/** PCM audio, as it flows from a decoder to a transcriber. */
export interface AudioChunk {
  /** Frames per second, in Hz. */
  readonly sampleRate: number
  /** Planar samples, all of equal length, nominal range [-1, 1]. */
  readonly channels: readonly Float32Array[]
  /** Index of the first frame since the start of the source, at `sampleRate`. */
  readonly offset: number
}

/** Sample rate of speech recognition, in Hz. */
export const SPEECH_SAMPLE_RATE = 16_000

export const framesOf = (chunk: AudioChunk): number =>
  chunk.channels[0]?.length ?? 0

/** Returns the index of the first frame after a chunk. */
export const endOf = (chunk: AudioChunk): number =>
  chunk.offset + framesOf(chunk)

export const isAudioChunk = (value: unknown): value is AudioChunk => {
  if (typeof value !== 'object' || value === null) return false
  const { sampleRate, channels, offset } = value as Partial<AudioChunk>
  if (typeof sampleRate !== 'number' || typeof offset !== 'number') return false
  if (!Array.isArray(channels) || channels.length === 0) return false
  const frames = (channels[0] as Float32Array | undefined)?.length
  return (
    sampleRate > 0 &&
    Number.isFinite(sampleRate) &&
    Number.isSafeInteger(offset) &&
    offset >= 0 &&
    channels.every(c => c instanceof Float32Array && c.length === frames)
  )
}

/**
 * Returns an error unless a chunk is mono, at `sampleRate`, and starts no
 * earlier than frame `next`.
 * @param stage name of the transcriber
 */
export const chunkProblem = (
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
    return new FormatError(
      `audio goes back in time: offset ${offset} after ${next}`,
    )
  return undefined
}
