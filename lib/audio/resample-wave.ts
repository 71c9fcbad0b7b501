import * as wave from 'wave-resampler'
import {
  ratioOf,
  scaleFrames,
  type ResampleSpec,
  type StreamResampler,
} from './resample.ts'

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

/** Node finds only `default` in this package, some bundlers only the names. */
export const { resample } = (
  'default' in names ? names.default : names
) as typeof wave

/** Length of a block and of its context on each side, in seconds. */
const blockSeconds = 0.2
const contextSeconds = 0.05

/**
 * Streams through the `wave-resampler` package: windowed-sinc interpolation
 * after a Butterworth low-pass run forwards and backwards. The package needs
 * whole buffers, so each block of 200 ms is resampled with 50 ms of context, in
 * which the filter's start-up decays, and only the middle is kept. Blocks start
 * where an input and an output frame coincide, counted from the start of the
 * source. For rates with a small common divisor they are longer, up to a
 * second.
 */
export class WaveResampler implements StreamResampler {
  readonly #spec: ResampleSpec
  readonly #up: number
  readonly #down: number
  /** Input frames of a block and its context; multiples of `down`. */
  readonly #block: number
  readonly #context: number
  /** For each channel: context, block, context and one more frame. */
  readonly #windows: readonly Float32Array[]
  #offset = 0
  #received = 0
  #first = 0
  #produced = 0
  #filled = 0
  /** Outputs of the first block that precede the run. */
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

  /** Returns the output of the block in the middle of a window. */
  #resample(window: Float32Array): Float32Array {
    const { from } = this.#spec
    const frames = (input: number): number => (input / this.#down) * this.#up
    // The package puts output i at input i · (n − 1) / m for n input and m
    // output frames, which distorts time unless m is exactly (n − 1) · to /
    // from. It makes m = ⌊n · rate / from⌋; half a frame avoids rounding
    // errors.
    const outputs = frames(window.length - 1)
    const rate = (from * (outputs + 0.5)) / window.length
    // The package overwrites its input, and its filter would round in float32.
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
