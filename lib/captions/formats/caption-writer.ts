import type { TranscriptEvent } from '../../core/transcript-event.ts'
import type { Cue } from '../cues/cue.ts'
import type { CaptionProfile } from '../profiles.ts'

/**
 * Writes the events of one transcript in one format. Each call returns text to
 * append, which may be empty; line breaks are LF.
 */
export interface CaptionWriter {
  /** Returns the start of the file. */
  begin(): string
  /** Writes an event. */
  event(event: TranscriptEvent): string
  /** Returns the end of the file. */
  end(): string
}

/** Writes a file of cues in one format. */
export interface CueWriter {
  /** Returns the start of the file. */
  begin(): string
  /** Writes a cue; `index` counts from 1. */
  cue(cue: Cue, index: number): string
  /** Returns the end of the file. */
  end(): string
}

/** A format made of the events of a transcript. */
export type EventFormat = {
  readonly extension: string
  open(): CaptionWriter
}

/** A format made of cues. */
export type CueFormat = {
  readonly extension: string
  /** Changes a text before it is divided into cues. */
  readonly prepare?: (text: string) => string
  /** @param profile how speakers are shown, and where cues are placed */
  openCues(profile: CaptionProfile): CueWriter
}
