import type { TranscriptEvent } from '../../core/transcript-event.ts'

/** Teletext's colours for speakers, in the order of their use. */
export const cueColors = ['white', 'yellow', 'cyan', 'green'] as const

/** A colour of a cue. */
export type CueColor = (typeof cueColors)[number]

/** One caption: lines of text with a start and an end, in whole ms. */
export type Cue = {
  /** Start, in ms. */
  readonly start: number
  /** End, in ms. */
  readonly end: number
  /** Plain text without markup, escapes or line breaks; never empty. */
  readonly lines: readonly string[]
  /** Who speaks, if that is known. */
  readonly speaker?: string
  /** Set if colours identify speakers. */
  readonly color?: CueColor
  /** Cues of one channel never overlap; those of different channels may. */
  readonly channel?: number
  /** Limits of the profile that the cue could not keep. */
  readonly exceptions?: readonly CueException[]
}

/** A limit of the profile that a cue could not keep. */
export type CueException = {
  /** The limit. */
  readonly rule: CueRule
  /** The reason, in words. */
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

/** Colours as `RRGGBB`; green is teletext's, the brightest. */
export const colorValues: Readonly<Record<CueColor, string>> = {
  white: 'FFFFFF',
  yellow: 'FFFF00',
  cyan: '00FFFF',
  green: '00FF00',
}

/** Makes cues of a transcript, in order of their starts. */
export interface CueSource {
  /** Returns the cues that an event completes. */
  event(event: TranscriptEvent): Cue[]
  /**
   * Returns cues that are complete once all speech before a time (ms) is known.
   */
  passed(time: number): Cue[]
  /** Start of the first pending cue, or Infinity. */
  readonly earliest: number
  /** Returns the pending cues. */
  end(): Cue[]
}
