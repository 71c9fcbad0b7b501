import { SileroActivity } from 'voxpipe/recognizers'
import type { PlacedWord } from './turn-records.ts'

/** A stretch of audio, in ms. */
export type Stretch = Pick<PlacedWord, 'start' | 'end'>

const FRAME = 512
const FRAME_MS = 32
/** Frames per job of the detector, which takes at most 17 s. */
const FRAMES_PER_JOB = 400

/**
 * Frames that are likelier than this to be speech count as speech. With 0.6,
 * speech ends 26 ms after the last word of the shipped clips (median; 0.5 gives
 * 50 ms), and begins 46 ms after the first.
 */
const THRESHOLD = 0.6
/** Shorter stretches are clicks. */
const SHORTEST_MS = 96
/** Shorter pauses are parts of words. */
const SHORTEST_PAUSE_MS = 200

/**
 * Returns the stretches of speech in frames of 32 ms.
 *
 * @param probabilities that each frame is speech, from 0 to 1
 */
export const stretchesOf = (probabilities: ArrayLike<number>): Stretch[] => {
  const found: { start: number; end: number }[] = []
  for (let frame = 0; frame < probabilities.length; frame++) {
    if (probabilities[frame]! < THRESHOLD) continue
    const start = frame * FRAME_MS
    const last = found.at(-1)
    if (last && start - last.end < SHORTEST_PAUSE_MS)
      last.end = start + FRAME_MS
    else found.push({ start, end: start + FRAME_MS })
  }
  return found.filter(({ start, end }) => end - start >= SHORTEST_MS)
}

/**
 * Finds out when somebody speaks in some clips, with Silero VAD. It is run over
 * the whole clip before anything is measured, so nothing that the measured
 * engine reports is part of the answer.
 *
 * @param clips mono samples at 16 kHz
 */
export const findSpeech = async (
  clips: readonly { readonly samples: Float32Array }[],
  {
    modelDir,
    signal,
  }: { readonly modelDir?: string | undefined; readonly signal: AbortSignal },
): Promise<Stretch[][]> => {
  const detector = new SileroActivity(
    modelDir === undefined ? {} : { modelDir },
  )
  const stretches = async (samples: Float32Array): Promise<Stretch[]> => {
    const padded = new Float32Array(Math.ceil(samples.length / FRAME) * FRAME)
    padded.set(samples)
    const probabilities: number[] = []
    let state: unknown
    for (let at = 0; at < padded.length; at += FRAMES_PER_JOB * FRAME) {
      const job = padded.slice(at, at + FRAMES_PER_JOB * FRAME)
      const rated = await detector.detect(job, { signal, state })
      state = rated.state
      probabilities.push(...rated.probabilities)
    }
    return stretchesOf(probabilities)
  }
  try {
    const all: Stretch[][] = []
    for (const { samples } of clips) all.push(await stretches(samples))
    return all
  } finally {
    await detector.close()
  }
}
