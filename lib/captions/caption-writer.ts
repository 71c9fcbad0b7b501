import type { TranscriptEvent } from '../core/transcript-event.ts'
import type { CueLimits } from './cue.ts'

/**
 * One caption format: what to write before, for, and after the events of a
 * transcript. Each call returns text to append, often empty; line breaks are LF.
 */
export interface CaptionWriter {
  /** What the file starts with. */
  begin(): string
  /** What an event adds. */
  event(event: TranscriptEvent): string
  /** What the file ends with. */
  end(): string
}

/** Makes a writer for one transcript. */
export type CaptionWriterFactory = (limits: CueLimits) => CaptionWriter
