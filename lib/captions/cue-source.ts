import type { TranscriptEvent } from '../core/transcript-event.ts'
import type { Cue } from './cue.ts'

/** Makes cues of a transcript, in order of their starts. */
export interface CueSource {
  /** The cues that an event settles. */
  event(event: TranscriptEvent): Cue[]
  /**
   * Those that are settled once it is known that nothing is said before a time
   * (ms) but what has come.
   */
  passed(time: number): Cue[]
  /** When the first cue starts that waits; Infinity where none does. */
  readonly earliest: number
  /** Those that waited for what would follow. */
  end(): Cue[]
}
