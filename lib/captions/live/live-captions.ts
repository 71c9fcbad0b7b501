import type { TranscriptEvent } from '../../core/transcript-event.ts'
import { OptionError } from '../../core/errors.ts'
import { checkSignal } from '../../core/options.ts'
import { MapStage } from '../../core/stage.ts'
import { checkEvent } from '../cues/check-input.ts'
import {
  type CaptionProfile,
  type CaptionProfileName,
  resolveProfile,
} from '../profiles.ts'
import { RollUp } from './roll-up.ts'
import type { RollUpScreen } from './roll-up-screen.ts'

/** Options of {@link LiveCaptions}. */
export type LiveCaptionsOptions = {
  /**
   * The name of a roll-up profile, or your own rules; omitted rules are those
   * of `live`.
   * @default 'live'
   */
  readonly profile?: CaptionProfileName | Partial<CaptionProfile>
  /**
   * Maximum columns of a line; a wide character (CJK, emoji) takes two.
   * @default the profile's, 37
   */
  readonly maxLineWidth?: number
  /** Lines of the screen. @default the profile's, 2 */
  readonly maxLineCount?: number
  /** Destroys the stream when aborted. */
  readonly signal?: AbortSignal
}

const resolve = ({
  profile = 'live',
  maxLineWidth,
  maxLineCount,
  signal,
}: LiveCaptionsOptions) => {
  checkSignal(signal)
  const rules =
    typeof profile === 'object' && profile !== null
      ? { mode: 'roll-up' as const, ...profile }
      : profile
  const whole = resolveProfile(rules, { maxLineWidth, maxLineCount })
  if (whole.mode !== 'roll-up')
    throw new OptionError(
      'profile',
      "must have roll-up captions, as 'live' and 'fcc-608' do",
    )
  return { profile: whole, signal }
}

/**
 * Turns {@link TranscriptEvent}s into live captions: emits a {@link
 * RollUpScreen} as soon as the screen changes. Text only grows and rolls up:
 * see {@link RollUp}. The last screen is empty.
 *
 * It uses no clock: a screen is cleared when events show that time has passed.
 * A final without deltas results in several screens at the same time, each with
 * its `at`.
 *
 * @throws OptionError if an option is invalid. Invalid input ends the stream
 * with a FormatError.
 */
export class LiveCaptions extends MapStage<TranscriptEvent, RollUpScreen> {
  constructor(options: LiveCaptionsOptions = {}) {
    const { profile, signal } = resolve(options)
    const screen = new RollUp(profile)
    super(
      event => screen.event(checkEvent(event)),
      () => screen.end(),
      signal,
    )
  }
}
