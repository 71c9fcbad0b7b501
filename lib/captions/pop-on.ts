import type { FinalEvent } from '../core/transcript-event.ts'
import type { Cue } from './cue.ts'
import type { CueSource } from './cue-source.ts'
import { CueTrack } from './cue-track.ts'
import { cuesOf } from './cues-of.ts'
import type { CaptionProfile } from './profiles.ts'

/**
 * Whole captions made of finals. A gap is a cue `[inaudible]` over its whole
 * range.
 *
 * @param prepare changes a final's text before it is divided into cues
 */
export const popOn = (
  profile: CaptionProfile,
  prepare: (text: string) => string = text => text,
): CueSource => {
  const track = new CueTrack()
  const cuesIn = (final: FinalEvent): Cue[] =>
    cuesOf({ ...final, text: prepare(final.text) }, profile).map(cue =>
      track.place(cue, final.channel),
    )
  return {
    event(event) {
      if (event.type === 'final') return cuesIn(event)
      if (event.type !== 'gap') return []
      const start = Math.round(event.start)
      const end = Math.max(start + 1, Math.round(event.end))
      return [track.place({ start, end, lines: ['[inaudible]'] })]
    },
    end: () => [],
  }
}
