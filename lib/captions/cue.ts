/** One caption: lines of text with a start and an end, in whole ms. */
export type Cue = {
  readonly start: number
  readonly end: number
  /** Plain text: no markup, no escapes, no line breaks, never empty. */
  readonly lines: readonly string[]
  readonly speaker?: string
}

/** What a caption may be: its size and how long it stays. */
export type CueLimits = {
  /** Graphemes in a line. */
  readonly maxLineWidth: number
  /** Lines in a cue. */
  readonly maxLineCount: number
  /** Shortest cue in ms, where the turn is long enough. */
  readonly minDurationMs: number
  /** Longest cue in ms. */
  readonly maxDurationMs: number
}

/** Two lines of 42 characters, 5/6 s to 7 s: Netflix's numbers for Latin. */
export const defaultLimits: CueLimits = {
  maxLineWidth: 42,
  maxLineCount: 2,
  minDurationMs: 833,
  maxDurationMs: 7000,
}
