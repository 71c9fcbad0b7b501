import type { TranscriptEvent } from '../../core/transcript-event.ts'
import { OptionError } from '../../core/errors.ts'
import { checkSignal } from '../../core/options.ts'
import { Stage, type TransformCallback } from '../../core/stage.ts'
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
   * The name of a profile that rolls up, or rules of one's own; those of `live`
   * stand for what is left out.
   * @default 'live'
   */
  readonly profile?: CaptionProfileName | Partial<CaptionProfile>
  /**
   * Most columns of a line: a wide character (CJK, emoji) takes two.
   * @default the profile's, 37
   */
  readonly maxLineWidth?: number
  /**
   * Lines of the screen.
   * @default the profile's, 2
   */
  readonly maxLineCount?: number
  /** Destroys the stream when aborted. */
  readonly signal?: AbortSignal
}

const resolve = ({
  profile = 'live',
  maxLineWidth,
  maxLineCount,
  signal,
}: LiveCaptionsOptions): { profile: CaptionProfile; signal?: AbortSignal } => {
  checkSignal(signal)
  const rules =
    typeof profile === 'object' && profile !== null
      ? { mode: 'roll-up' as const, ...profile }
      : profile
  const whole = resolveProfile(rules, { maxLineWidth, maxLineCount })
  if (whole.mode !== 'roll-up')
    throw new OptionError('profile', "must roll up, as 'live' and 'fcc-608' do")
  return { profile: whole, ...(signal && { signal }) }
}

/**
 * Shows live captions: {@link TranscriptEvent}s in, and a {@link RollUpScreen}
 * out each time that what is to be seen changes, at once. What is shown only
 * grows, and rolls up: see {@link RollUp} for its rules. The last screen is
 * empty.
 *
 * No clock is asked: a screen is cleared when the events show that time has
 * passed. A final that had no deltas comes as several screens at once, each with
 * its time.
 *
 * @throws OptionError if an option cannot be used. Something that is no
 * transcript event ends the stream with a FormatError.
 */
export class LiveCaptions extends Stage<TranscriptEvent, RollUpScreen> {
  readonly #screen: RollUp

  constructor(options: LiveCaptionsOptions = {}) {
    const { profile, signal } = resolve(options)
    super({ objectMode: true, ...(signal && { signal }) })
    this.#screen = new RollUp(profile)
  }

  override _transform(
    event: unknown,
    _: string,
    done: TransformCallback,
  ): void {
    for (const screen of this.#screen.event(checkEvent(event)))
      this.push(screen)
    done()
  }

  override _flush(done: TransformCallback): void {
    for (const screen of this.#screen.end()) this.push(screen)
    done()
  }
}
