import type { TranscriptEvent } from '../../core/transcript-event.ts'
import type { Cue } from '../cues/cue.ts'
import type { CaptionProfile } from '../profiles.ts'

/**
 * Writes the events of a transcript in one format. Each call returns text to
 * append, which may be empty; line breaks are LF.
 */
export interface CaptionWriter {
  /** Returns the start of the file. */
  begin(): string
  event(event: TranscriptEvent): string
  /** Returns the end of the file. */
  end(): string
}

/** Writes cues in one format, as {@link CaptionWriter} writes events. */
export interface CueWriter {
  /** Returns the start of the file. */
  begin(): string
  /** @param index number of the cue, from 1 */
  cue(cue: Cue, index: number): string
  /** Returns the end of the file. */
  end(): string
}

/** A format of transcript events. */
export type EventFormat = {
  readonly extension: string
  open(): CaptionWriter
}

/** A format of cues. */
export type CueFormat = {
  readonly extension: string
  /** Changes a text before it is divided into cues. */
  readonly prepare?: (text: string) => string
  /** @param profile determines how speakers are shown, and where cues are */
  openCues(profile: CaptionProfile): CueWriter
}
