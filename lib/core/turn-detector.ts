/**
 * A boundary of a turn; positions are samples since the start of the detector.
 *
 * - `open`: a turn has begun. Its audio begins at `from`, its speech at
 *   `start`.
 * - `close`: it has ended. Its speech ends at `end`, its audio before `to`. The
 *   next turn begins at `to` or later.
 */
export type TurnMark =
  | {
      readonly type: 'open'
      /** First sample of the turn's audio. */
      readonly from: number
      /** First sample of its speech. */
      readonly start: number
    }
  | {
      readonly type: 'close'
      /** Sample after the turn's speech. */
      readonly end: number
      /** Sample after its audio. */
      readonly to: number
    }

/**
 * Divides audio into turns, stretches of speech between silences. One detector
 * processes one continuous source.
 */
export interface TurnDetector {
  /**
   * Adds mono samples at the detector's rate and returns the resulting marks in
   * order. They do not depend on how the audio is cut into calls.
   */
  push(
    samples: Float32Array,
  ): readonly TurnMark[] | Promise<readonly TurnMark[]>
  /** Ends the audio and closes the open turn. */
  end(): readonly TurnMark[] | Promise<readonly TurnMark[]>
  /**
   * Outside a turn: the first sample at which a turn may still begin; audio
   * before it is silence. In a turn: no `close` lies before this sample, which
   * may be beyond the samples pushed so far. Valid after a push, for everything
   * that was pushed.
   */
  readonly settled: number
  /** Frees resources. Called at most once, and last. */
  close?(): void | Promise<void>
}

/** Creates a detector for mono audio at a rate in Hz. */
export type TurnDetection = (sampleRate: number) => TurnDetector
