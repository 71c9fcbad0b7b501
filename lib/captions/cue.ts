/** Colours of speakers, in the order they are given out: those of teletext. */
export const cueColors = ['white', 'yellow', 'cyan', 'green'] as const

/** A colour of a cue. */
export type CueColor = (typeof cueColors)[number]

/** One caption: lines of text with a start and an end, in whole ms. */
export type Cue = {
  readonly start: number
  readonly end: number
  /** Plain text: no markup, no escapes, no line breaks, never empty. */
  readonly lines: readonly string[]
  readonly speaker?: string
  /** Where speakers are told apart by it. */
  readonly color?: CueColor
  /** Cues of one channel never overlap; those of two may. */
  readonly channel?: number
  /** Which limits of the profile it could not keep, and why. */
  readonly exceptions?: readonly CueException[]
}

/** A limit that a cue could not keep. */
export type CueException = {
  readonly rule: CueRule
  /** Why, in words. */
  readonly reason: string
}

/** What a profile limits. */
export type CueRule =
  | 'line-width'
  | 'line-count'
  | 'line-break'
  | 'min-duration'
  | 'max-duration'
  | 'reading-speed'
  | 'gap'
  | 'overlap'
