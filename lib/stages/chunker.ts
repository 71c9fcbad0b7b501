import { checkNumber, checkOneOf, checkSignal } from '../core/options.ts'
import {
  FrameCutter,
  lastChunks,
  type LastChunk,
} from '../audio/frame-cutter.ts'
import { ChunkStage } from './chunk-stage.ts'

/** Options of {@link Chunker}. */
export type ChunkerOptions = {
  /**
   * Length of a chunk, in milliseconds from 1 to 60,000.
   * @default 50
   */
  readonly ms?: number
  /**
   * What becomes of a chunk that the audio does not fill, at its end and
   * before a gap.
   * - `'short'`: it comes as it is.
   * - `'pad'`: silence fills it; a gap that ends within the chunk is filled,
   *   and the audio goes on in the same chunk.
   * - `'drop'`: it is left out.
   * @default 'short'
   */
  readonly last?: LastChunk
  /** Destroys the stream when aborted. */
  readonly signal?: AbortSignal
}

const resolve = ({ ms = 50, last = 'short', signal }: ChunkerOptions) => {
  checkNumber('ms', ms, 1, 60_000)
  checkOneOf('last', last, lastChunks)
  checkSignal(signal)
  return { ms, last, signal }
}

/**
 * Cuts {@link AudioChunk}s into chunks of exactly `ms` milliseconds, the same
 * however the input is cut. Chunk k ends round(k · ms · rate / 1000) frames from
 * the start, so where that is no whole number lengths differ by a frame and
 * never drift. Each chunk has memory of its own.
 *
 * A jump of `offset` forward is a gap in the source: the chunk before it ends
 * as `last` says, and the next one begins where the jump leads. A change of
 * rate or channels does the same, without padding.
 *
 * Errors: `VOX_OPTION`; `VOX_FORMAT` for what is no AudioChunk, for an `offset`
 * that goes back, and where `ms` is less than a frame.
 */
export class Chunker extends ChunkStage {
  constructor(options: ChunkerOptions = {}) {
    const { ms, last, signal } = resolve(options)
    super(new FrameCutter({ ms, last }), {
      ...(signal && { signal }),
      readableHighWaterMark: 8,
      writableHighWaterMark: 4,
    })
  }
}
