import type { TranscriptEvent } from '../core/transcript-event.ts'
import type { Cue } from './cue.ts'

/** Makes cues of a transcript, in order of their starts. */
export interface CueSource {
  /** The cues that an event settles. */
  event(event: TranscriptEvent): Cue[]
  /** Those that waited for what would follow. */
  end(): Cue[]
}
