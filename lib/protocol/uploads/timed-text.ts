/** A word of a transcript and its place, in seconds. */
export type TimedWord = {
  readonly word: string
  readonly start: number
  readonly end: number
}

/** A stretch of a transcript with no pause in it, in seconds. */
export type TimedSegment = {
  readonly text: string
  readonly start: number
  readonly end: number
  /** What a recogniser thinks of it; whatever is missing has a stand-in. */
  readonly facts?: SegmentFacts
}

/** How sure a recogniser is of a segment, as `verbose_json` has it. */
export type SegmentFacts = {
  readonly tokens?: readonly number[]
  readonly avg_logprob?: number
  readonly compression_ratio?: number
  readonly no_speech_prob?: number
}

/** A transcript with times. */
export type TimedText = {
  readonly text: string
  readonly words: readonly TimedWord[]
  readonly segments: readonly TimedSegment[]
  /** Length of the audio, in seconds; 0 where it is not known. */
  readonly duration: number
  /** The language spoken most, as a code of ISO 639; `und`: it is not known. */
  readonly language?: string
  /** All languages spoken. */
  readonly languages?: readonly string[]
  /**
   * Natural logarithm of how likely each piece of the text is. If it is
   * missing, a constant stands in; if it is null, answers have none.
   */
  readonly logprobs?: readonly number[] | null
}
