import type { ResampleStart } from '../competitors.ts'
import { speedsOf } from '../meters.ts'
import type { ResamplerRow } from './resampler-data.ts'
import { resampleMakers } from './resampler-engines.ts'
import { qualityOf, tone, type Resample } from './resampler-quality.ts'

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
