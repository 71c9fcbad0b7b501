/** Samples of a frame at 16 kHz: 32 ms. */
export const VAD_FRAME = 512

/** Options of every job of a recogniser or voice activity detector. */
export type JobOptions = {
  /**
   * Aborted when the answer is no longer needed. The job can then reject with
   * the signal's reason.
   */
  readonly signal?: AbortSignal
  /**
   * Identifies the source of the audio. If jobs wait, sources should take
   * turns.
   */
  readonly session?: object
  /** Sample of the source at which the audio begins. */
  readonly offset?: number
}

/** Options of {@link VoiceActivity.detect}. */
export type DetectOptions = JobOptions & {
  /** State of the previous call; undefined where the audio begins. */
  readonly state?: unknown
}

/** Probabilities that frames are speech. */
export type VoiceActivityResult = {
  /** From 0 to 1, for each frame of {@link VAD_FRAME} samples. */
  readonly probabilities: Float32Array
  /** Passed to the next call. */
  readonly state?: unknown
}

/** A voice activity detector: a model, or a rule. */
export interface VoiceActivity {
  /**
   * Rates frames of 16 kHz mono audio for speech.
   *
   * @param samples whole frames, at most 17 s
   */
  detect(
    samples: Float32Array,
    options?: DetectOptions,
  ): Promise<VoiceActivityResult>
  /** Frees its resources. Called by its owner. */
  close?(): Promise<void>
}
