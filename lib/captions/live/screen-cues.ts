import type { TranscriptEvent } from '../../core/transcript-event.ts'
import type { Cue, CueSource } from '../cues/cue.ts'
import type { CaptionProfile } from '../profiles.ts'
import { RollUp } from './roll-up.ts'
import type { RollUpScreen } from './roll-up-screen.ts'

/**
 * Characters per second of a full screen that can be followed at all: twice the
 * rate of speech, so that delayed screens catch up.
 */
const maxCharsPerSecond = 50

/** Removes lines of other colours than the last: a cue has only one. */
const ofOneColor = (screen: RollUpScreen): RollUpScreen => {
  const { colors, lines, top } = screen
  if (!colors) return screen
  const from = colors.findLastIndex(color => color !== colors.at(-1)) + 1
  return {
    ...screen,
    lines: lines.slice(from),
    colors: colors.slice(from),
    top: top + from,
  }
}

/**
 * Makes a cue of each screen of live captions. A screen is delayed if it would
 * remove a line too soon after its last word: words that arrive together, such
 * as a whole turn, are shown one screen after the other. Deltas without a time
 * are skipped; their words come with the final.
 */
export class ScreenCues implements CueSource {
  readonly #rollUp: RollUp
  readonly #prepare: (text: string) => string
  readonly #stayMs: number
  /** The screen since {@link #since}. */
  #screen: RollUpScreen | undefined
  #since = 0
  /** When each line of the screen last changed. */
  #changed: number[] = []

  /** @param prepare changes a line as its format needs */
  constructor(profile: CaptionProfile, prepare: (text: string) => string) {
    this.#rollUp = new RollUp(profile)
    this.#prepare = prepare
    const chars = profile.maxLineWidth * profile.maxLineCount
    this.#stayMs = Math.ceil((1000 * chars) / maxCharsPerSecond)
  }

  get earliest(): number {
    return this.#screen?.lines.length ? this.#since : Infinity
  }

  event(event: TranscriptEvent): Cue[] {
    if (event.type === 'delta' && event.at === undefined) return []
    return this.#cuesOf(this.#rollUp.event(event))
  }

  passed(time: number): Cue[] {
    return this.#cuesOf(this.#rollUp.passed(time))
  }

  end(): Cue[] {
    return this.#cuesOf(this.#rollUp.end())
  }

  #cuesOf(screens: readonly RollUpScreen[]): Cue[] {
    return screens.flatMap(screen => this.#next(ofOneColor(screen)))
  }

  #next(screen: RollUpScreen): Cue[] {
    const before = this.#screen
    const isFirst = before === undefined || before.lines.length === 0
    const gone = isFirst ? 0 : screen.top - before.top
    const leaving = this.#changed.slice(0, gone).map(at => at + this.#stayMs)
    const at = Math.max(this.#since, Math.round(screen.at), ...leaving)
    const cues = isFirst || at === this.#since ? [] : this.#cue(before, at)
    this.#changed = screen.lines.map((line, i) => {
      const old = isFirst ? undefined : before.lines[gone + i]
      return line === old ? this.#changed[gone + i]! : at
    })
    this.#screen = screen
    this.#since = at
    return cues
  }

  #cue({ lines, speaker, colors }: RollUpScreen, end: number): Cue[] {
    const texts = lines.map(this.#prepare).filter(line => line !== '')
    if (texts.length === 0) return []
    const color = colors?.[0]
    return [
      {
        start: this.#since,
        end,
        lines: texts,
        ...(speaker !== undefined && { speaker }),
        ...(color !== undefined && { color }),
      },
    ]
  }
}
