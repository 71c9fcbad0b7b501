import type { AudioChunk } from '../core/audio-chunk.ts'
import { FormatError } from '../core/errors.ts'

/**
 * Checks that a chunk does not begin before the end of the one before it.
 *
 * @param next index of the frame after the last, at the chunk's rate
 * @throws FormatError where the chunk goes back
 */
export const checkOrder = (chunk: AudioChunk, next: number): void => {
  if (chunk.offset >= next) return
  throw new FormatError(
    `audio goes back from frame ${next} to ${chunk.offset} at ${chunk.sampleRate} Hz: offsets may only grow; use one stage for each source`,
  )
}
