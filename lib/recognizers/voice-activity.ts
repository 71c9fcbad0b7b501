/** Samples of a frame that is rated, at 16 kHz: 32 ms. */
export const VAD_FRAME = 512

/** What every job of a recogniser or voice activity detector is given. */
export type JobOptions = {
  /**
   * Aborted where nobody wants the answer any more: it can reject at once with
   * the signal's reason.
   */
  readonly signal?: AbortSignal
  /**
   * Whose audio it is: the same object for one source. Where jobs have to
   * wait, sources should take turns.
   */
  readonly session?: object
  /** Sample of the source at which the audio begins. */
  readonly offset?: number
}

/** Options of {@link VoiceActivity.detect}. */
export type DetectOptions = JobOptions & {
  /** What the call before answered; undefined where the audio begins. */
  readonly state?: unknown
}

/** How likely the frames of some audio are speech. */
export type VoiceRating = {
  /** From 0 to 1, one for each frame of {@link VAD_FRAME} samples. */
  readonly probabilities: Float32Array
  /** What the next call is to be given. */
  readonly state?: unknown
}

/** What finds speech: a model, or a rule. */
export interface VoiceActivity {
  /**
   * Rates frames of 16 kHz mono audio for speech.
   *
   * @param samples whole frames, at most 17 s
   */
  detect(samples: Float32Array, options?: DetectOptions): Promise<VoiceRating>
  /** Frees what it holds. Called by whoever made it. */
  close?(): Promise<void>
}
