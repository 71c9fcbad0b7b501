/**
 * What a {@link TurnDetector} found; places are samples since it began.
 *
 * - `open`: a turn has begun. Its audio begins at `from`, its speech at
 *   `start`.
 * - `close`: it has ended. Its speech ends at `end`, and its audio before
 *   `to`. The next turn begins at `to` or later.
 */
export type TurnMark =
  | { readonly type: 'open'; readonly from: number; readonly start: number }
  | { readonly type: 'close'; readonly end: number; readonly to: number }

/**
 * Cuts audio into turns, stretches of speech between silences. One detector
 * sees one run of audio from its beginning to its end.
 */
export interface TurnDetector {
  /**
   * Takes the next samples: mono, at the rate it was made for. Answers with
   * the marks that they bring, in order; they do not depend on how the audio
   * is cut into calls.
   */
  push(
    samples: Float32Array,
  ): readonly TurnMark[] | Promise<readonly TurnMark[]>
  /** The audio ends here: closes the turn that is open. */
  end(): readonly TurnMark[] | Promise<readonly TurnMark[]>
  /**
   * Outside a turn: first sample that a turn may still begin with; audio
   * before it is silence. In a turn: no `close` lies before this sample, so
   * audio up to it certainly belongs to the turn; where it lies beyond what
   * has come, so does what comes until there. Right after a push, of all that
   * was pushed.
   */
  readonly settled: number
  /** Frees what it holds. Not called twice, and nothing is called after it. */
  close?(): void | Promise<void>
}

/** Makes a detector for mono audio of a rate, in Hz. */
export type TurnDetection = (sampleRate: number) => TurnDetector
