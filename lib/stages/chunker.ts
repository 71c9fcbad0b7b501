import { checkNumber, checkOneOf, checkSignal } from '../core/options.ts'
import { FrameCutter, lastChunks } from '../audio/frame-cutter.ts'
import { ChunkStage } from './chunk-stage.ts'

/** Options of {@link Chunker}. */
export type ChunkerOptions = {
  /** Length of a chunk in ms, from 1 to 60,000. @default 50 */
  readonly ms?: number
  /**
   * What to do with an incomplete chunk at the end and before a gap.
   * - `'short'`: emit it as it is.
   * - `'pad'`: fill it with silence; a gap that ends within the chunk is
   *   filled, and the audio continues in the same chunk.
   * - `'drop'`: omit it.
   * @default 'short'
   */
  readonly last?: 'short' | 'pad' | 'drop'
  /** Destroys the stream when aborted. */
  readonly signal?: AbortSignal
}

/**
 * Divides audio into {@link AudioChunk}s of `ms` milliseconds, however the
 * input is cut. Chunk k ends round(k · ms · rate / 1000) frames from the start,
 * so lengths may differ by a frame but never drift. Each chunk has its own
 * memory.
 *
 * A forward jump of `offset` is a gap in the source: the chunk before it ends
 * as `last` says, and the next one begins after it. A change of rate or
 * channels does the same, without padding.
 *
 * Errors: `VOX_OPTION`; `VOX_FORMAT` if the input is no AudioChunk, if its
 * `offset` goes back, or if `ms` is less than a frame.
 */
export class Chunker extends ChunkStage {
  constructor({ ms = 50, last = 'short', signal }: ChunkerOptions = {}) {
    checkNumber('ms', ms, 1, 60_000)
    checkOneOf('last', last, lastChunks)
    checkSignal(signal)
    super(new FrameCutter({ ms, last }), {
      signal,
      readableHighWaterMark: 8,
      writableHighWaterMark: 4,
    })
  }
}
