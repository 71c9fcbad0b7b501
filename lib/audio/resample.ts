/** A resampler that takes audio in runs of any length; it knows no streams. */
export interface StreamResampler {
  /**
   * Begins a run of audio, forgetting what came before.
   *
   * @param offset index of its first frame since the start of the source
   * @returns index, at the output rate, of the first frame that comes out
   */
  start(offset: number): number
  /**
   * Takes the next frames of a run, one array a channel, all of one length.
   *
   * @returns the output frames that they complete; may be empty
   */
  push(channels: readonly Float32Array[]): Float32Array[]
  /** Ends a run: the output frames up to {@link scaleFrames} of its end. */
  end(): Float32Array[]
}

/** What a {@link StreamResampler} is made for; rates are whole, in Hz. */
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
 * The frame at `to` Hz nearest to a frame at `from` Hz. It is the one rule for
 * offsets and lengths, so runs of one source never overlap after resampling.
 */
export const scaleFrames = (
  frames: number,
  from: number,
  to: number,
): number => {
  const { up, down } = ratioOf(from, to)
  return Math.round((frames * up) / down)
}
