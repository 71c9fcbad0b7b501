/** Resamples audio in runs of any length, without streams. */
export interface StreamResampler {
  /**
   * Begins a run of audio and discards the previous one.
   * @param offset index of its first frame since the start of the source
   * @returns index of the first output frame, at the output rate
   */
  start(offset: number): number
  /**
   * Adds frames, one array per channel, all of one length.
   * @returns the output frames that are complete; may be empty
   */
  push(channels: readonly Float32Array[]): Float32Array[]
  /** Ends a run and returns its remaining output frames. */
  end(): Float32Array[]
}

/** Rates (whole Hz) and channels of a {@link StreamResampler}. */
export type ResampleSpec = {
  readonly from: number
  readonly to: number
  readonly channels: number
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))

/** A ratio of rates in lowest terms: `up` frames out for `down` frames in. */
export const ratioOf = (
  from: number,
  to: number,
): { up: number; down: number } => {
  const common = gcd(from, to)
  return { up: to / common, down: from / common }
}

/**
 * Returns the frame at `to` Hz nearest to a frame at `from` Hz. All offsets and
 * lengths use this rule, so runs of one source never overlap.
 */
export const scaleFrames = (
  frames: number,
  from: number,
  to: number,
): number => {
  const { up, down } = ratioOf(from, to)
  return Math.round((frames * up) / down)
}
