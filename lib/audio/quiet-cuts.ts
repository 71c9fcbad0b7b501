/** Length of a frame in ms. */
export const LEVEL_FRAME_MS = 10

const FLOOR_DB = -90

/**
 * Highest level of silence in dB of full scale: above the noise of a muted
 * input, below any recorded speech.
 */
export const SILENCE_DB = -66

/** Maximum level of a pause above the background, in dB. */
const ABOVE_BACKGROUND_DB = 6

/** Distance below loud parts at which audio is certainly a pause, in dB. */
const BELOW_SPEECH_DB = 30

/** Shortest pause: 150 ms. */
const MIN_PAUSE_FRAMES = 15

/** Measures the level of samples in frames of {@link LEVEL_FRAME_MS}. */
export class FrameLevels {
  readonly frameSamples: number
  /** RMS level of each whole frame in dB of full scale, at least -90. */
  readonly levels: number[] = []
  #power = 0
  #count = 0

  constructor(sampleRate: number) {
    this.frameSamples = Math.max(
      1,
      Math.round((sampleRate * LEVEL_FRAME_MS) / 1_000),
    )
  }

  push(samples: Float32Array): void {
    for (let i = 0; i < samples.length; i++) {
      this.#power += samples[i]! * samples[i]!
      if (++this.#count < this.frameSamples) continue
      this.levels.push(decibels(this.#power / this.frameSamples))
      this.#power = 0
      this.#count = 0
    }
  }

  /**
   * Whether all audio before a frame is silent, including an incomplete frame.
   */
  isSilent(before: number = Infinity): boolean {
    const rest = before > this.levels.length && this.#count > 0
    if (rest && decibels(this.#power / this.#count) > SILENCE_DB) return false
    return this.levels.slice(0, before).every(level => level <= SILENCE_DB)
  }
}

const decibels = (power: number): number =>
  Math.max(FLOOR_DB, 10 * Math.log10(power))

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor(share * (sorted.length - 1))]!

/**
 * Finds a frame to cut before without cutting a word: in the middle of the
 * longest pause (the last of equal ones), or of the quietest 150 ms. Pauses are
 * relative to background and speech in the same audio.
 * @param levels see {@link FrameLevels.levels}
 * @param from first possible frame
 * @param to frame after the last one
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

/** Returns the middle of the longest pause: frames at or below a level. */
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

/** Returns the middle of the {@link MIN_PAUSE_FRAMES} with the lowest mean. */
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
