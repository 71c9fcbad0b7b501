import {
  scaleFrames,
  type ResampleSpec,
  type StreamResampler,
} from './resample.ts'
import {
  designFilter,
  type PolyphaseFilter,
  wasmKernel,
  type KernelFactory,
  type ResampleKernel,
} from './resample-kernel.ts'

const blockFrames = 8192

/**
 * Resamples by a windowed-sinc filter in polyphase form (Crochiere and Rabiner,
 * Multirate Digital Signal Processing, 3.3). Output frame n has the time of
 * input frame n · from / to since the start of the source, so there is no
 * delay; a run is surrounded by silence. The output does not depend on how a
 * run is cut. Memory does not grow with the length of a run.
 */
export class PolyphaseResampler implements StreamResampler {
  readonly #spec: ResampleSpec
  readonly #filter: PolyphaseFilter
  readonly #kernels: readonly ResampleKernel[]
  readonly #block: number
  #offset = 0
  #received = 0
  #first = 0
  #produced = 0
  /** Frames in the kernels' input, and the first tap of the next output. */
  #filled = 0
  #at = 0
  #phase = 0

  constructor(spec: ResampleSpec, kernel: KernelFactory = wasmKernel) {
    const { from, to, channels } = spec
    this.#spec = spec
    this.#filter = designFilter(from, to)
    const { taps, up, down } = this.#filter
    this.#block = Math.max(
      1,
      Math.min(blockFrames, Math.floor((blockFrames * down) / up)),
    )
    const outputs = Math.ceil((this.#block * up) / down) + 1
    const inputs = 2 * (taps + this.#block)
    this.#kernels = Array.from({ length: channels }, () =>
      kernel(this.#filter, inputs, outputs),
    )
    this.start(0)
  }

  start(offset: number): number {
    const { up, down, taps } = this.#filter
    const { from, to } = this.#spec
    this.#first = scaleFrames(offset, from, to)
    this.#offset = offset
    this.#received = 0
    this.#produced = 0
    // The first output may lie up to half an output frame from the first input;
    // in units of 1 / up of an input frame.
    const beside = this.#first * down - offset * up
    const whole = Math.floor(beside / up)
    this.#phase = beside - whole * up
    this.#at = 0
    this.#filled = taps / 2 - 1 - whole
    for (const { input } of this.#kernels) input.fill(0, 0, this.#filled)
    return this.#first
  }

  push(channels: readonly Float32Array[]): Float32Array[] {
    const frames = channels[0]?.length ?? 0
    this.#received += frames
    return this.#process(frames, this.#ready(frames), (input, at, from, to) => {
      for (const [index, samples] of channels.entries())
        input[index]!.set(
          from === 0 && to === frames ? samples : samples.subarray(from, to),
          at,
        )
    })
  }

  end(): Float32Array[] {
    const { from, to } = this.#spec
    const { taps, up, down } = this.#filter
    const last = scaleFrames(this.#offset + this.#received, from, to)
    const silence = taps + Math.ceil(down / up)
    return this.#process(
      silence,
      last - this.#first - this.#produced,
      (input, at, start, end) => {
        for (const samples of input) samples.fill(0, at, at + end - start)
      },
    )
  }

  /** Returns what {@link end} would return; the run continues. */
  peek(): Float32Array[] {
    const [received, made, phase] = [
      this.#received,
      this.#produced,
      this.#phase,
    ]
    const from = Math.min(this.#at, this.#filled)
    const [at, filled] = [this.#at - from, this.#filled - from]
    const kept = this.#kernels.map(({ input }) =>
      input.slice(from, this.#filled),
    )
    const tail = this.end()
    for (const [index, { input }] of this.#kernels.entries())
      input.set(kept[index]!)
    this.#received = received
    this.#produced = made
    this.#phase = phase
    this.#at = at
    this.#filled = filled
    return tail
  }

  /** Number of outputs that are complete after `more` frames. */
  #ready(more: number): number {
    const { taps, up, down } = this.#filter
    const starts = this.#filled + more - taps - this.#at + 1
    return Math.max(0, Math.ceil((starts * up - this.#phase) / down))
  }

  #process(
    frames: number,
    wanted: number,
    copy: (input: Float32Array[], at: number, from: number, to: number) => void,
  ): Float32Array[] {
    const { up, down } = this.#filter
    const inputs = this.#kernels.map(kernel => kernel.input)
    const outputs = inputs.map(() => new Float32Array(wanted))
    let made = 0
    for (let from = 0; from < frames; from += this.#block) {
      const to = Math.min(frames, from + this.#block)
      this.#makeRoom(to - from)
      copy(inputs, this.#filled, from, to)
      const count = Math.min(this.#ready(to - from), wanted - made)
      this.#filled += to - from
      if (count === 0) continue
      for (const [index, kernel] of this.#kernels.entries()) {
        kernel.run(this.#at, this.#phase, count)
        outputs[index]!.set(kernel.output.subarray(0, count), made)
      }
      made += count
      const steps = this.#phase + count * down
      this.#at += Math.floor(steps / up)
      this.#phase = steps % up
    }
    this.#produced += made
    return outputs
  }

  /** Moves needed frames to the front if the input is full. */
  #makeRoom(frames: number): void {
    const capacity = this.#kernels[0]!.input.length
    if (this.#filled + frames <= capacity) return
    // A long step may pass the end of the input.
    const from = Math.min(this.#at, this.#filled)
    for (const { input } of this.#kernels)
      input.copyWithin(0, from, this.#filled)
    this.#filled -= from
    this.#at -= from
  }
}
