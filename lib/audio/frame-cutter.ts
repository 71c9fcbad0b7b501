import { type AudioChunk, framesOf } from '../core/audio-chunk.ts'
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

/** How a last, incomplete chunk is handled. */
export type LastChunk = 'short' | 'pad' | 'drop'

/** The names of {@link LastChunk}. */
export const lastChunks: readonly LastChunk[] = ['short', 'pad', 'drop']

/** Options of {@link FrameCutter}. */
type FrameCutterOptions = {
  readonly ms: number
  readonly last: LastChunk
}

/** One run of contiguous audio of one form, and the chunk being filled. */
type Run = {
  readonly sampleRate: number
  /** Offset of the run, and the number of its complete chunks. */
  readonly start: number
  count: number
  offset: number
  filled: number
  channels: Float32Array[]
}

/**
 * Cuts audio into chunks of one duration, in memory of their own. Chunk k of a
 * run of audio ends at round(k · ms · rate / 1000) frames from its beginning,
 * so where that is no whole number lengths differ by a frame and never drift.
 * Iterate each result to its end before the next call.
 *
 * A jump of `offset` forward ends a run as the end of the audio does; under
 * 'pad' a jump within the chunk being filled becomes silence in it instead. A
 * change of rate or of channels ends a run too, its last chunk short or
 * dropped, since padding would cover what follows.
 */
export class FrameCutter {
  readonly #ms: number
  readonly #last: LastChunk
  #run: Run | undefined

  constructor({ ms, last }: FrameCutterOptions) {
    this.#ms = ms
    this.#last = last
  }

  /**
   * @throws FormatError for an `offset` that goes back, and for a rate at which
   * a chunk would have less than one frame
   */
  *push(chunk: AudioChunk): Generator<AudioChunk> {
    const frames = framesOf(chunk)
    if (frames === 0) return
    let run = this.#run
    if (run !== undefined && !isSameForm(run, chunk)) {
      yield* this.#finish(run, false)
      run = undefined
    }
    if (run !== undefined) {
      const next = run.offset + run.filled
      checkOrder(chunk, next)
      if (this.#last === 'pad' && run.filled > 0)
        yield* this.#padWithSilence(run, chunk.offset - next)
      if (run.offset + run.filled < chunk.offset) {
        yield* this.#finish(run, true)
        run = undefined
      }
    }
    run ??= this.#begin(chunk)
    this.#run = run
    for (let at = 0; at < frames;) {
      const to = Math.min(frames, at + run.channels[0]!.length - run.filled)
      for (const [index, samples] of chunk.channels.entries())
        run.channels[index]!.set(
          at === 0 && to === frames ? samples : samples.subarray(at, to),
          run.filled,
        )
      yield* this.#advance(run, to - at)
      at = to
    }
  }

  /** Ends the audio; yields the incomplete chunk, if it is wanted. */
  *end(): Generator<AudioChunk> {
    if (this.#run !== undefined) yield* this.#finish(this.#run, true)
    this.#run = undefined
  }

  #begin({ sampleRate, channels, offset }: AudioChunk): Run {
    if (Math.round((this.#ms * sampleRate) / 1000) < 1)
      throw new FormatError(
        `${this.#ms} ms of audio at ${sampleRate} Hz is less than one frame: set a larger 'ms'`,
      )
    const run: Run = {
      sampleRate,
      start: offset,
      count: 0,
      offset,
      filled: 0,
      channels: [],
    }
    run.channels = this.#allocate(run, channels.length)
    return run
  }

  /** Allocates the run's next chunk. */
  #allocate(run: Run, channels: number): Float32Array[] {
    const end = Math.round(((run.count + 1) * this.#ms * run.sampleRate) / 1000)
    const frames = run.start + end - run.offset
    return Array.from({ length: channels }, () => new Float32Array(frames))
  }

  /** Counts frames as filled; yields the chunk once it is complete. */
  *#advance(run: Run, frames: number): Generator<AudioChunk> {
    run.filled += frames
    const { sampleRate, channels, offset, filled } = run
    if (filled < channels[0]!.length) return
    run.count++
    run.offset += filled
    run.filled = 0
    run.channels = this.#allocate(run, channels.length)
    yield { sampleRate, channels, offset }
  }

  /** Adds silence, at most to the end of the chunk. */
  *#padWithSilence(run: Run, frames: number): Generator<AudioChunk> {
    yield* this.#advance(
      run,
      Math.min(frames, run.channels[0]!.length - run.filled),
    )
  }

  *#finish(run: Run, mayPad: boolean): Generator<AudioChunk> {
    const { sampleRate, offset, filled } = run
    if (filled === 0 || this.#last === 'drop') return
    if (mayPad && this.#last === 'pad')
      yield* this.#padWithSilence(run, Infinity)
    else {
      const channels = run.channels.map(samples => samples.slice(0, filled))
      yield { sampleRate, channels, offset }
    }
  }
}

const isSameForm = (run: Run, chunk: AudioChunk): boolean =>
  run.sampleRate === chunk.sampleRate &&
  run.channels.length === chunk.channels.length
