import {
  createResampler,
  findFfmpeg,
  type StreamResampler,
} from 'voxpipe/audio'
import { FfmpegMissingError } from 'voxpipe'
import * as wave from 'wave-resampler'
import type { ResampleStart } from '../competitors.ts'
import { speedsOf } from '../meters.ts'
import { bytesThrough } from '../programs.ts'
import { joinSamples } from '../samples.ts'
import {
  qualityOf,
  tone,
  type Resample,
  type ResamplerQuality,
} from './resampler-quality.ts'

/** What is asked of the case. */
export type ResamplerQuestion = {
  readonly name: string
  /** URL of a {@link ResampleStart} module, for a competitor. */
  readonly module?: string
  readonly from: number
  readonly to: number
  readonly runs: number
  /** Of audio that each run handles. */
  readonly seconds: number
  /** Whether to measure what it does to tones. */
  readonly quality: boolean
}

/** What it answers. */
export type ResamplerAnswer =
  | { readonly absent: string }
  | {
      readonly speeds: readonly number[]
      readonly quality?: NonNullable<ResamplerRow['quality']>
    }

const check = (output: Float32Array, seconds: number, to: number): void => {
  if (Math.abs(output.length / (seconds * to) - 1) > 0.01)
    throw new Error(`${output.length} frames for ${seconds} s at ${to} Hz`)
  let power = 0
  for (const sample of output) power += sample * sample
  const level = Math.sqrt((2 * power) / output.length)
  if (Math.abs(level - 1) > 0.05)
    throw new Error(`a sine of full scale came out at ${level.toFixed(2)}`)
}

const made = async ({
  name,
  module,
  from,
  to,
}: ResamplerQuestion): Promise<Resample> => {
  if (module === undefined) return resampleMakers[name]!(from, to)
  const { default: start } = (await import(module)) as {
    readonly default: ResampleStart
  }
  return start(from, to)
}

/**
 * How good and how fast a resampler is.
 *
 * @throws where its output is not the tone that went in
 */
export default async (
  question: ResamplerQuestion,
): Promise<ResamplerAnswer> => {
  const { from, to, runs, seconds, quality } = question
  let resample: Resample
  try {
    resample = await made(question)
    await resample(tone(400, from, from))
  } catch (error) {
    return { absent: (error as Error).message.split('\n')[0]! }
  }
  const samples = tone(400, from, from * seconds)
  check(await resample(samples), seconds, to)
  const speeds = await speedsOf(seconds, runs, async () => {
    await resample(samples)
  })
  return {
    speeds,
    ...(quality && { quality: await qualityOf(resample, from, to) }),
  }
}

/** A resampler between two rates. */
export type ResamplerRow = {
  readonly name: string
  readonly from: number
  readonly to: number
  /** Why it was not measured. */
  readonly absent?: string
  readonly quality?: ResamplerQuality
  /** × real time, one channel; median of the runs. */
  readonly speed?: number
  readonly spread?: number
  /** Its speed to that of the reference, run by run; where that is there. */
  readonly ratio?: number
}

/** What the suite found out. */
export type ResamplerData = {
  /** Name of the row that the others are held against. */
  readonly reference: string
  readonly engines: readonly ResamplerRow[]
  /** Resampler and Chunker as stages, into nothing. */
  readonly stages: readonly {
    readonly engine: string
    readonly rate: number
    readonly channels: number
    readonly frames: number
    readonly speed: number
    readonly spread: number
  }[]
}

const names: object = wave

// Node finds only `default` in this package, and its types have no `default`.
const { resample } = ('default' in names ? names.default : names) as typeof wave

/** Frames handed over at once, as a decoder does. */
const BLOCK = 4_096

const streaming =
  (resampler: StreamResampler): Resample =>
  samples => {
    resampler.start(0)
    const parts: Float32Array[] = []
    for (let at = 0; at < samples.length; at += BLOCK)
      parts.push(resampler.push([samples.subarray(at, at + BLOCK)])[0]!)
    parts.push(resampler.end()[0]!)
    return joinSamples(parts)
  }

const ffmpeg =
  (from: number, to: number, resampler: string): Resample =>
  async samples => {
    const path = findFfmpeg()
    if (path === undefined) throw new FfmpegMissingError('ffmpeg was not found')
    const { buffer, byteOffset, byteLength } = samples
    const args = [
      ['-nostdin', '-v', 'error', '-f', 'f32le', '-ar', String(from)],
      ['-ac', '1', '-i', 'pipe:0'],
      ['-af', `aresample=${to}:resampler=${resampler}`, '-f', 'f32le'],
      ['pipe:1'],
    ].flat()
    const input = new Uint8Array(buffer, byteOffset, byteLength)
    const bytes = await bytesThrough(path, args, input)
    return new Float32Array(Uint8Array.from(bytes).buffer)
  }

type Make = (from: number, to: number) => Resample

/** Engines by name; one may fail at its first samples, being absent. */
export const resampleMakers: Readonly<Record<string, Make>> = {
  'voxpipe (wasm)': (from, to) => streaming(createResampler({ from, to })),
  'voxpipe (js)': (from, to) =>
    streaming(createResampler({ from, to, engine: 'polyphase-js' })),
  'voxpipe, wave-resampler': (from, to) =>
    streaming(createResampler({ from, to, engine: 'wave-resampler' })),
  'wave-resampler raw': (from, to) => samples =>
    Float32Array.from(resample(Float64Array.from(samples), from, to)),
  'ffmpeg soxr': (from, to) => ffmpeg(from, to, 'soxr'),
  'ffmpeg swr': (from, to) => ffmpeg(from, to, 'swr'),
}
