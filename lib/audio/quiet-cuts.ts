/** Length of a frame over which loudness is measured, in ms. */
export const LEVEL_FRAME_MS = 10

/** Lowest level, in dB; lower ones are inaudible. */
const FLOOR_DB = -90

/**
 * Highest level of silence, in dB of full scale: louder than the noise of a muted
 * input, quieter than any recorded speech.
 */
export const SILENCE_DB = -66

/** How far above the background a pause may be, in dB. */
const ABOVE_BACKGROUND_DB = 6

/** How far below the loud parts a pause certainly is, in dB. */
const BELOW_SPEECH_DB = 30

/** Frames in the shortest pause: 150 ms. */
const MIN_PAUSE_FRAMES = 15

/** Measures samples as they come, in frames of {@link LEVEL_FRAME_MS}. */
export class FrameLevels {
  readonly #frame: number
  readonly #levels: number[] = []
  #power = 0
  #count = 0

  /** @param sampleRate in Hz */
  constructor(sampleRate: number) {
    this.#frame = Math.max(1, Math.round((sampleRate * LEVEL_FRAME_MS) / 1_000))
  }

  /** Samples in a frame. */
  get frameSamples(): number {
    return this.#frame
  }

  /** Level of each whole frame, in dB of full scale (RMS), at least -90. */
  get levels(): readonly number[] {
    return this.#levels
  }

  /** Adds samples. */
  push(samples: Float32Array): void {
    for (let i = 0; i < samples.length; i++) {
      this.#power += samples[i]! * samples[i]!
      if (++this.#count < this.#frame) continue
      this.#levels.push(decibels(this.#power / this.#frame))
      this.#power = 0
      this.#count = 0
    }
  }

  /** Returns whether all before a frame is silence, also an incomplete frame. */
  isSilent(before: number = Infinity): boolean {
    const rest = before > this.#levels.length && this.#count > 0
    if (rest && decibels(this.#power / this.#count) > SILENCE_DB) return false
    return this.#levels.slice(0, before).every(level => level <= SILENCE_DB)
  }
}

const decibels = (power: number): number =>
  Math.max(FLOOR_DB, 10 * Math.log10(power))

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor(share * (sorted.length - 1))]!

/**
 * Finds where to cut audio without cutting a word: in the middle of the longest
 * pause, the last of equal ones; without a pause, in the middle of the quietest
 * 150 ms. Pauses are measured against the background and the speech of the same
 * audio.
 *
 * @param levels as {@link FrameLevels} has them
 * @param from first frame that may be cut at
 * @param to frame after the last one
 * @returns the frame in front of which to cut
 */
export const quietCut = (
  levels: readonly number[],
  from: number,
  to: number,
): number => {
  const within = levels.slice(from, to)
  if (within.length === 0) return from
  const sorted = within.toSorted((a, b) => a - b)
  const loud = quantile(sorted, 0.95)
  const limit = Math.min(
    Math.max(
      quantile(sorted, 0.05) + ABOVE_BACKGROUND_DB,
      loud - BELOW_SPEECH_DB,
    ),
    loud - ABOVE_BACKGROUND_DB,
  )
  return from + (longestPause(within, limit) ?? quietest(within))
}

/** Middle of the longest run of frames up to a level, if it is a pause. */
const longestPause = (
  levels: readonly number[],
  limit: number,
): number | undefined => {
  let middle: number | undefined
  let longest = MIN_PAUSE_FRAMES
  let start = 0
  for (let i = 0; i <= levels.length; i++) {
    if (i < levels.length && levels[i]! <= limit) continue
    if (i - start >= longest) {
      longest = i - start
      middle = start + Math.ceil(longest / 2)
    }
    start = i + 1
  }
  return middle
}

/** Middle of the quietest {@link MIN_PAUSE_FRAMES} in a row, in the mean. */
const quietest = (levels: readonly number[]): number => {
  const length = Math.min(MIN_PAUSE_FRAMES, levels.length)
  let best = 0
  let lowest = Infinity
  let sum = 0
  for (let end = 1; end <= levels.length; end++) {
    sum += levels[end - 1]! - (levels[end - 1 - length] ?? 0)
    if (end < length || sum > lowest) continue
    lowest = sum
    best = end - length
  }
  return best + Math.ceil(length / 2)
}
