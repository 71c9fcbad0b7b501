import { distributionOf } from '../statistics.ts'
import { type Pacing, SILENCE_MS } from './latency-data.ts'
import { startLocalLive } from './live-engines.ts'
import { PACED_RATE, PacedSource } from './paced-source.ts'

const medianOf = (values: readonly number[]): number =>
  distributionOf(values).p50!

/**
 * How well a source kept its time. Drift is the median lateness of the last
 * tenth of the chunks minus that of the first: what single chunks suffer from
 * a busy machine is no drift.
 *
 * @param lateness of each chunk in order, in ms; at least ten
 */
export const pacingOf = (
  lateness: readonly number[],
  minutes: number,
): Pacing => {
  const tenth = Math.floor(lateness.length / 10)
  return {
    minutes,
    driftMs:
      medianOf(lateness.slice(-tenth)) - medianOf(lateness.slice(0, tenth)),
    lateness: distributionOf(lateness),
  }
}

/** What is asked of the case. */
export type PacingQuestion = {
  readonly clips: readonly { readonly samples: Float32Array }[]
  readonly minutes: number
  readonly model?: string
  readonly modelDir?: string
  /** Absolute path of a module with a recogniser, in place of ours. */
  readonly recognizer?: string
}

/** The clips again and again, each with a pause, for so many samples. */
const fill = (
  clips: PacingQuestion['clips'],
  length: number,
): Float32Array<ArrayBuffer> => {
  const pause = PACED_RATE
  const all = new Float32Array(length)
  for (let [i, at] = [0, 0]; at < length; i++) {
    const { samples } = clips[i % clips.length]!
    all.set(samples.subarray(0, length - at), at)
    at += samples.length + pause
  }
  return all
}

/**
 * Plays minutes of speech to the local engine, and answers how well the source
 * keeps its time while it works.
 *
 * @throws where the engine heard another length, or nothing
 */
export default async (
  { clips, minutes, ...options }: PacingQuestion,
  { signal }: { readonly signal: AbortSignal },
): Promise<Pacing> => {
  const live = await startLocalLive({ ...options, silenceMs: SILENCE_MS })
  const samples = fill(clips, Math.round(minutes * 60 * PACED_RATE))
  const source = new PacedSource({ samples, tailMs: 0, signal })
  let [finals, heard] = [0, 0]
  for await (const event of live.run(source, { signal })) {
    if (event.type === 'final') finals++
    if (event.type === 'end') heard = event.duration
  }
  await live.close()
  if (finals === 0) throw new Error('no final came')
  if (Math.abs(heard - source.durationMs) > 1)
    throw new Error(`${heard} ms were heard of ${source.durationMs}`)
  return pacingOf(source.lateness, minutes)
}
