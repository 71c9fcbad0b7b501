import type { CaptionSettings } from './caption-options.ts'
import { checkInput } from './check-input.ts'
import { cleanCue } from './clean-cue.ts'
import type { Cue } from './cue.ts'
import type { CueSource } from './cue-source.ts'
import { CueTrack } from './cue-track.ts'
import { PopOn } from './pop-on.ts'
import type { CaptionProfile } from './profiles.ts'
import { finalOf } from './reflow.ts'
import { rollUp } from './roll-up.ts'

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
