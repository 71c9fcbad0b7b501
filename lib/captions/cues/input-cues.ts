import type { FinalEvent } from '../../core/transcript-event.ts'
import type { CaptionSettings } from '../caption-options.ts'
import { rollUp } from '../live/roll-up.ts'
import type { CaptionProfile } from '../profiles.ts'
import { checkInput } from './check-input.ts'
import { cleanText } from './clean-text.ts'
import type { Cue, CueSource } from './cue.ts'
import { CueTrack } from './cue-track.ts'
import { PopOn } from './pop-on.ts'

/**
 * A cue that came from elsewhere as every format can write it: its times in
 * whole ms, its end behind its start, its lines {@link cleanText | clean} and
 * none of them empty. Nothing where no text is left.
 *
 * @param prepare changes a text before
 */
export const cleanCue = (
  cue: Cue,
  prepare: (text: string) => string = text => text,
): Cue | undefined => {
  const lines = cue.lines
    .map(line => cleanText(prepare(line)))
    .filter(line => line !== '')
  if (lines.length === 0) return undefined
  const start = Math.round(cue.start)
  const end = Math.max(start + 1, Math.round(cue.end))
  return { ...cue, start, end, lines }
}

/** A cue's text in one line. */
const textOf = ({ lines }: Cue): string => lines.join(' ')

/** A cue as the final that it might have been made of. */
export const finalOf = (cue: Cue, turn: string): FinalEvent => ({
  type: 'final',
  turn,
  text: textOf(cue),
  start: cue.start,
  end: cue.end,
  ...(cue.speaker !== undefined && { speaker: cue.speaker }),
  ...(cue.channel !== undefined && { channel: cue.channel }),
})

/** Cues of whatever comes in, in order of their starts. */
export interface InputCues {
  /** The cues that an input settles; throws a FormatError if it is none. */
  write(input: unknown): Cue[]
  /** Those that a time settles: see {@link CueSource}. */
  passed(time: number): Cue[]
  /** When the first cue starts that waits; Infinity where none does. */
  readonly earliest: number
  /** Those that waited for what would follow. */
  end(): Cue[]
}

/** What makes cues of events by a profile. */
const cueSourceOf = (
  profile: CaptionProfile,
  prepare?: (text: string) => string,
): CueSource =>
  profile.mode === 'roll-up'
    ? rollUp(profile, prepare)
    : new PopOn(profile, prepare)

/**
 * Makes cues of events; cues that come in stay as they are, unless they are to
 * be made anew.
 *
 * @param prepare changes a text before it is divided into cues
 */
export const inputCues = (
  { profile, reflow }: Pick<CaptionSettings, 'profile' | 'reflow'>,
  prepare?: (text: string) => string,
): InputCues => {
  const source = cueSourceOf(profile, prepare)
  const track = new CueTrack()
  let cues = 0
  return {
    write(value) {
      const input = checkInput(value)
      if (!('lines' in input)) return source.event(input)
      if (reflow) return source.event(finalOf(input, `cue-${++cues}`))
      const cue = cleanCue(input, prepare)
      return cue ? [track.place(cue, cue.channel)] : []
    },
    passed: time => source.passed(time),
    get earliest() {
      return source.earliest
    },
    end: () => source.end(),
  }
}
