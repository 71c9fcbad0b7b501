import type { TranscriptEvent } from '../../core/transcript-event.ts'
import type { Cue } from '../cues/cue.ts'
import type { CaptionProfile } from '../profiles.ts'

/**
 * One transcript in one format: what to write before, for, and after its
 * events. Each call returns text to append, often empty; line breaks are LF.
 */
export interface CaptionWriter {
  /** What the file starts with. */
  begin(): string
  /** What an event adds. */
  event(event: TranscriptEvent): string
  /** What the file ends with. */
  end(): string
}

/** One file of cues in one format. */
export interface CueWriter {
  /** What the file starts with. */
  begin(): string
  /** What a cue adds; `index` counts from 1. */
  cue(cue: Cue, index: number): string
  /** What the file ends with. */
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
  /** `profile` tells how speakers look, and where cues stand. */
  openCues(profile: CaptionProfile): CueWriter
}
