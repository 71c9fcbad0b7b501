import type { TranscriptEvent } from '../../core/transcript-event.ts'
import type { Cue } from '../cues/cue.ts'
import type { CaptionProfile } from '../profiles.ts'

/**
 * Writes a transcript in one format. Each call returns text to append, which may
 * be empty; line breaks are LF.
 */
export interface CaptionWriter {
  /** Returns the start of the file. */
  begin(): string
  /** Returns the end of the file. */
  end(): string
}

interface EventWriter extends CaptionWriter {
  event(event: TranscriptEvent): string
}

export interface CueWriter extends CaptionWriter {
  /** @param index number of the cue, from 1 */
  cue(cue: Cue, index: number): string
}

/** A format of transcript events. */
export type EventFormat = {
  readonly extension: string
  open(): EventWriter
}

/** A format of cues. */
export type CueFormat = {
  readonly extension: string
  /** Changes a text before it is divided into cues. */
  readonly prepare?: (text: string) => string
  /** @param profile determines how speakers are shown, and where cues are */
  openCues(profile: CaptionProfile): CueWriter
}
