import * as wave from 'wave-resampler'
import {
  ratioOf,
  scaleFrames,
  type ResampleSpec,
  type StreamResampler,
} from './resample.ts'

/** Joins pieces of one channel in a copy. */
export const joinSamples = (
  parts: readonly Float32Array[],
): Float32Array<ArrayBuffer> => {
  const all = new Float32Array(
    parts.reduce((frames, part) => frames + part.length, 0),
  )
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

const names: object = wave

/** Node finds only `default` in this package, and some bundlers no `default`. */
export const { resample } = (
  'default' in names ? names.default : names
) as typeof wave

/** Audio resampled at once, and its context on each side, in seconds. */
const blockSeconds = 0.2
const contextSeconds = 0.05

/**
 * Streams through the `wave-resampler` package: its windowed-sinc interpolation
 * after a Butterworth low-pass run forwards and backwards. The package takes
 * whole buffers only, so each block of 200 ms is resampled with 50 ms of what
 * surrounds it, in which the filter's start-up dies away, and the middle is
 * kept: blocks meet without a seam. Block edges lie where an input and an
 * output frame meet, counted from the start of the source; for rates with a
 * small common divisor blocks are longer, up to a second.
 */
export class WaveResampler implements StreamResampler {
  readonly #spec: ResampleSpec
  readonly #up: number
  readonly #down: number
  /** Input frames in a block and beside it; both multiples of `down`. */
  readonly #block: number
  readonly #context: number
  /** Context, block, context and the frame after, of each channel. */
  readonly #windows: readonly Float32Array[]
  #offset = 0
  #received = 0
  #first = 0
  #produced = 0
  #filled = 0
  /** Outputs of the first block that lie before the run. */
  #skip = 0

  constructor(spec: ResampleSpec) {
    const { from, to, channels } = spec
    const { up, down } = ratioOf(from, to)
    this.#spec = spec
    this.#up = up
    this.#down = down
    this.#block = Math.max(1, Math.round((blockSeconds * from) / down)) * down
    this.#context = Math.ceil((contextSeconds * from) / down) * down
    const frames = this.#block + 2 * this.#context + 1
    this.#windows = Array.from(
      { length: channels },
      () => new Float32Array(frames),
    )
    this.start(0)
  }

  start(offset: number): number {
    const { from, to } = this.#spec
    const edge = Math.floor(offset / this.#down)
    this.#offset = offset
    this.#received = 0
    this.#produced = 0
    this.#first = scaleFrames(offset, from, to)
    this.#skip = this.#first - edge * this.#up
    this.#filled = this.#context + offset - edge * this.#down
    for (const window of this.#windows) window.fill(0)
    return this.#first
  }

  push(channels: readonly Float32Array[]): Float32Array[] {
    const frames = channels[0]?.length ?? 0
    this.#received += frames
    return this.#process(frames, (window, channel, from, to) =>
      window.set(channels[channel]!.subarray(from, to), this.#filled),
    )
  }

  end(): Float32Array[] {
    const { from, to } = this.#spec
    const last = scaleFrames(this.#offset + this.#received, from, to)
    const wanted = last - this.#first - this.#produced
    const silence = this.#windows[0]!.length + this.#block
    const outputs = this.#process(silence, (window, _, start, end) =>
      window.fill(0, this.#filled, this.#filled + end - start),
    )
    return outputs.map(samples => samples.slice(0, wanted))
  }

  #process(
    frames: number,
    copy: (
      window: Float32Array,
      channel: number,
      from: number,
      to: number,
    ) => void,
  ): Float32Array[] {
    const size = this.#windows[0]!.length
    const blocks: Float32Array[][] = []
    for (let from = 0; from < frames;) {
      const to = Math.min(frames, from + size - this.#filled)
      for (const [channel, window] of this.#windows.entries())
        copy(window, channel, from, to)
      this.#filled += to - from
      from = to
      if (this.#filled < size) continue
      blocks.push(this.#windows.map(window => this.#resample(window)))
      for (const window of this.#windows) window.copyWithin(0, this.#block)
      this.#filled -= this.#block
      this.#produced += blocks.at(-1)![0]!.length
      this.#skip = 0
    }
    return this.#windows.map((_, channel) =>
      joinSamples(blocks.map(block => block[channel]!)),
    )
  }

  /** The output frames of the block in the middle of a window. */
  #resample(window: Float32Array): Float32Array {
    const { from } = this.#spec
    const frames = (input: number): number => (input / this.#down) * this.#up
    // The package puts output i at input i · (n − 1) / m for n frames in and m
    // out, which warps time unless m is exactly (n − 1) · to / from. It makes
    // m = ⌊n · rate / from⌋; half a frame keeps rounding away from the edge.
    const outputs = frames(window.length - 1)
    const rate = (from * (outputs + 0.5)) / window.length
    // It overwrites its input, and in float32 its filter would round.
    const samples = resample(Float64Array.from(window), from, rate, {
      method: 'sinc',
    })
    const start = frames(this.#context)
    return Float32Array.from(samples).slice(
      start + this.#skip,
      start + frames(this.#block),
    )
  }
}
