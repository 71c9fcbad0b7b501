import { endOf, framesOf, type AudioChunk } from '../core/audio-chunk.ts'
import { FormatError } from '../core/errors.ts'
import { checkInteger, checkOneOf } from '../core/options.ts'
import { checkOrder } from './frame-cutter.ts'
import { scriptKernel } from './resample-kernel.ts'
import { PolyphaseResampler } from './resample-polyphase.ts'
import { WaveResampler } from './resample-wave.ts'
import type { ResampleSpec, StreamResampler } from './resample.ts'

const isFiniteAudio = (samples: Float32Array): boolean => {
  for (let i = 0; i < samples.length; i++)
    if (!Number.isFinite(samples[i])) return false
  return true
}

/**
 * Replaces NaN and infinite samples by 0, since a filter would spread them over
 * hundreds of samples. Returns the same arrays if there are none.
 */
export const finiteChannels = (
  channels: readonly Float32Array[],
): readonly Float32Array[] =>
  channels.every(isFiniteAudio)
    ? channels
    : channels.map(samples =>
        samples.map(sample => (Number.isFinite(sample) ? sample : 0)),
      )

/** Returns the mean of two channels; undefined if a sample is not finite. */
const meanOfTwo = (
  first: Float32Array,
  second: Float32Array,
): Float32Array | undefined => {
  const mean = new Float32Array(first.length)
  for (let i = 0; i < mean.length; i++) {
    // Sums of finite float32 samples cannot overflow float64.
    const sum = first[i]! + second[i]!
    if (!Number.isFinite(sum)) return undefined
    mean[i] = sum * 0.5
  }
  return mean
}

const meanOfMany = (channels: readonly Float32Array[]): Float32Array =>
  channels[0]!.map((_, frame) => {
    let sum = 0
    for (const samples of channels) sum += samples[frame]!
    return sum / channels.length
  })

/**
 * Mixes channels to their mean. NaN and infinite samples count as 0. Returns a
 * single clean channel unchanged.
 */
export const mixToMono = (channels: readonly Float32Array[]): Float32Array => {
  const [first, second] = channels
  // Most audio is stereo: mix and check in one pass.
  const mean = channels.length === 2 ? meanOfTwo(first!, second!) : undefined
  if (mean !== undefined) return mean
  const finite = finiteChannels(channels)
  return finite.length === 1 ? finite[0]! : meanOfMany(finite)
}

/** Range of sample rates, in Hz. */
export const minRate = 1_000
export const maxRate = 768_000

/** Most input or output frames processed in one step. */
const sliceFrames = 16_384

const engines = {
  polyphase: (spec: ResampleSpec) => new PolyphaseResampler(spec),
  'polyphase-js': (spec: ResampleSpec) =>
    new PolyphaseResampler(spec, scriptKernel),
  'wave-resampler': (spec: ResampleSpec) => new WaveResampler(spec),
}

/** Engines of the `Resampler` stage. */
export const resampleEngines = ['polyphase', 'wave-resampler'] as const

/** One of {@link resampleEngines}. */
export type ResampleEngine = (typeof resampleEngines)[number]

export type ChunkResamplerOptions = {
  readonly sampleRate: number
  readonly channels: 'mono' | 'keep'
  readonly engine: ResampleEngine
}

type Run = {
  readonly sampleRate: number
  readonly channels: number
  /** Offset of the next input frame, at the rate of the input. */
  next: number
  /** Offset of the next output frame, at the rate of the output. */
  offset: number
  /** Undefined if the rate does not change. */
  readonly resampler: StreamResampler | undefined
}

/**
 * Mixes and resamples {@link AudioChunk}s. The samples do not depend on how the
 * input is cut. Iterate each result to its end before the next call.
 *
 * A forward jump of `offset` ends a run: its tail is emitted, and the next run
 * starts at the new offset. So does a change of rate or of kept channels.
 */
export class ChunkResampler {
  readonly #options: ChunkResamplerOptions
  #run: Run | undefined

  constructor(options: ChunkResamplerOptions) {
    this.#options = options
  }

  /**
   * @throws FormatError if the rate is not a whole number from 1,000 to 768,000
   * Hz, or `offset` goes back
   */
  *push(chunk: AudioChunk): Generator<AudioChunk> {
    if (framesOf(chunk) === 0) return
    const last = this.#run
    let run = last
    if (run === undefined || !this.#continues(run, chunk)) {
      yield* this.end()
      run = this.#begin(chunk, last)
      this.#run = run
    }
    run.next = endOf(chunk)
    if (run.resampler === undefined) yield this.#passThrough(chunk)
    else
      for (const slice of this.#slices(chunk))
        yield* this.#emit(run, run.resampler.push(this.#mix(slice)))
  }

  *end(): Generator<AudioChunk> {
    const run = this.#run
    if (run?.resampler === undefined) return
    yield* this.#emit(run, run.resampler.end())
  }

  #continues(run: Run, chunk: AudioChunk): boolean {
    if (run.sampleRate !== chunk.sampleRate) return false
    checkOrder(chunk, run.next)
    return run.next === chunk.offset && run.channels === this.#channelsOf(chunk)
  }

  #channelsOf(chunk: AudioChunk): number {
    return this.#options.channels === 'mono' ? 1 : chunk.channels.length
  }

  #begin(chunk: AudioChunk, last: Run | undefined): Run {
    const { sampleRate: to, engine } = this.#options
    const { sampleRate: from, offset: next } = chunk
    const channels = this.#channelsOf(chunk)
    if (!Number.isInteger(from) || from < minRate || from > maxRate)
      throw new FormatError(
        `audio of ${from} Hz cannot be resampled: the rate must be a whole number from ${minRate} to ${maxRate}`,
      )
    const same = last?.sampleRate === from && last.channels === channels
    const resampler =
      from === to
        ? undefined
        : same
          ? last.resampler
          : engines[engine]({ from, to, channels })
    let offset = resampler?.start(next) ?? next
    if (last !== undefined && offset < last.offset) {
      // At a change of rate, rounding may cause one frame of overlap.
      if (offset < last.offset - 1)
        checkOrder({ ...chunk, offset, sampleRate: to }, last.offset)
      offset = last.offset
    }
    return { sampleRate: from, channels, next, offset, resampler }
  }

  #mix(channels: readonly Float32Array[]): readonly Float32Array[] {
    return this.#options.channels === 'mono'
      ? [mixToMono(channels)]
      : finiteChannels(channels)
  }

  #passThrough(chunk: AudioChunk): AudioChunk {
    const channels = this.#mix(chunk.channels)
    this.#run!.offset = endOf(chunk)
    const same =
      channels.length === chunk.channels.length &&
      channels.every((samples, index) => samples === chunk.channels[index])
    return same ? chunk : { ...chunk, channels }
  }

  /** Divides a chunk to limit the size of input and output. */
  *#slices({
    channels,
    sampleRate,
  }: AudioChunk): Generator<readonly Float32Array[]> {
    const frames = channels[0]!.length
    const growth = Math.max(1, this.#options.sampleRate / sampleRate)
    const size = Math.max(1, Math.floor(sliceFrames / growth))
    if (frames <= size) yield channels
    else
      for (let at = 0; at < frames; at += size)
        yield channels.map(samples => samples.subarray(at, at + size))
  }

  *#emit(run: Run, channels: readonly Float32Array[]): Generator<AudioChunk> {
    const frames = channels[0]!.length
    if (frames === 0) return
    const { sampleRate } = this.#options
    const { offset } = run
    run.offset += frames
    yield { sampleRate, channels, offset }
  }
}

/** Options of {@link createResampler}. */
export type CreateResamplerOptions = {
  /** Rate of the input, in whole Hz from 1,000 to 768,000. */
  readonly from: number
  /** Rate of the output, in the same range. */
  readonly to: number
  /** Number of channels. @default 1 */
  readonly channels?: number
  /**
   * - `'polyphase'`: windowed-sinc filter in WebAssembly, or in JavaScript if
   *   WebAssembly SIMD is not available.
   * - `'polyphase-js'`: the same filter in JavaScript.
   * - `'wave-resampler'`: the package of that name, in blocks of 200 ms.
   * @default 'polyphase'
   */
  readonly engine?: 'polyphase' | 'polyphase-js' | 'wave-resampler'
}

/**
 * Creates a resampler for samples that do not come from a Node stream. It uses
 * the engines of the `Resampler` stage.
 * @throws {OptionError} if an option is invalid
 */
export const createResampler = ({
  from,
  to,
  channels = 1,
  engine = 'polyphase',
}: CreateResamplerOptions): StreamResampler => {
  checkInteger('from', from, minRate, maxRate)
  checkInteger('to', to, minRate, maxRate)
  checkInteger('channels', channels, 1)
  checkOneOf('engine', engine, Object.keys(engines))
  return engines[engine]({ from, to, channels })
}
