import { type AudioChunk, framesOf } from '../core/audio-chunk.ts'
import { FormatError } from '../core/errors.ts'

/**
 * @param next first allowed offset, at the chunk's rate
 * @throws FormatError if the chunk starts earlier
 */
export const checkOrder = (chunk: AudioChunk, next: number): void => {
  if (chunk.offset >= next) return
  throw new FormatError(
    `audio goes back in time, from frame ${next} to ${chunk.offset} at ${chunk.sampleRate} Hz: offsets must increase; use one stage per source`,
  )
}

/** How an incomplete last chunk is handled. */
export type LastChunk = 'short' | 'pad' | 'drop'

export const lastChunks: readonly LastChunk[] = ['short', 'pad', 'drop']

/**
 * Contiguous audio of one rate and channel count, and the chunk being filled.
 */
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
 * Divides audio into chunks of one duration, with their own memory. Chunk k of
 * a run ends round(k · ms · rate / 1000) frames after its start, so lengths may
 * differ by a frame but never drift. Iterate each result to its end before the
 * next call.
 *
 * A forward jump of `offset` ends a run. With 'pad', a jump within the current
 * chunk is filled with silence instead. A change of rate or channels also ends
 * a run, without padding, which would cover what follows.
 */
export class FrameCutter {
  readonly #ms: number
  readonly #last: LastChunk
  #run: Run | undefined

  constructor({ ms, last }: { ms: number; last: LastChunk }) {
    this.#ms = ms
    this.#last = last
  }

  /**
   * @throws FormatError if `offset` goes back or a chunk would have no frame
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

  #allocate(run: Run, channels: number): Float32Array[] {
    const end = Math.round(((run.count + 1) * this.#ms * run.sampleRate) / 1000)
    const frames = run.start + end - run.offset
    return Array.from({ length: channels }, () => new Float32Array(frames))
  }

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

  /** Adds silence, up to the end of the chunk. */
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
