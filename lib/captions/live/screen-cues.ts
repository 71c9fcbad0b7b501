import type { Cue } from '../cues/cue.ts'
import type { CaptionProfile } from '../profiles.ts'
import type { RollUpScreen } from './roll-up.ts'

/**
 * Characters a second at which a full screen can be followed at all: twice what
 * anybody says, so that whoever waits by this rule catches up.
 */
const maxCharsPerSecond = 50

/** A cue has one colour: without the lines above those of the newest words. */
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
 * Turns the screens of live captions into cues that follow one another. A screen
 * that would take away a line too soon after its last word comes later: words
 * that came all at once, as when a service answers a whole turn, are shown one
 * screen after the other.
 */
export class ScreenCues {
  readonly #prepare: (text: string) => string
  readonly #stayMs: number
  /** What is shown since {@link #since}. */
  #screen: RollUpScreen | undefined
  #since = 0
  /** When each line of the screen was last changed, from its first on. */
  #changed: number[] = []

  constructor(
    { maxLineWidth, maxLineCount }: CaptionProfile,
    prepare = (text: string): string => text,
  ) {
    this.#prepare = prepare
    const chars = maxLineWidth * maxLineCount
    this.#stayMs = Math.ceil((1000 * chars) / maxCharsPerSecond)
  }

  /** When the cue starts that is not ended yet; Infinity where there is none. */
  get earliest(): number {
    return this.#screen?.lines.length ? this.#since : Infinity
  }

  /** The cues that some screens end. */
  add(screens: readonly RollUpScreen[]): Cue[] {
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
