import type { CueColor } from '../cues/cue.ts'
import { widthOf } from '../cues/caption-text.ts'

/** What a screen of live captions shows from some moment on. */
export type RollUpScreen = {
  /** When, in ms of the audio; never before that of the screen before. */
  readonly at: number
  /** Its lines, the newest last; none where it is empty. */
  readonly lines: readonly string[]
  /**
   * The number of its first line: how many lines have left the screen so far. A
   * line keeps its number, so that it can be seen to move up.
   */
  readonly top: number
  /** Who says the newest words, where that is known. */
  readonly speaker?: string
  /** Of each line, where the profile tells speakers apart by colours. */
  readonly colors?: readonly (CueColor | undefined)[]
}

/** The most code units per column, which limits combining marks. */
const maxUnits = 12

type Line = {
  text: string
  color: CueColor | undefined
  /** Whether it has changed since {@link RollingLines.markShown}. */
  changed: boolean
}

/**
 * The lines of a screen that rolls up. Text is only appended to the last line or
 * put on a new one; lines scroll out at the top.
 */
export class RollingLines {
  readonly #width: number
  readonly #count: number
  #lines: Line[] = []
  #top = 0
  #ended = false

  /**
   * @param width most columns of a line
   * @param count most lines
   */
  constructor(width: number, count: number) {
    this.#width = width
    this.#count = count
  }

  get texts(): string[] {
    return this.#lines.map(({ text }) => text)
  }

  get colors(): (CueColor | undefined)[] {
    return this.#lines.map(({ color }) => color)
  }

  /** How many lines have scrolled out. */
  get top(): number {
    return this.#top
  }

  /** Whether a further line would scroll out one that was not shown yet. */
  get wouldHideUnshown(): boolean {
    return this.#lines.length === this.#count && this.#lines[0]!.changed
  }

  /** Whether anything has changed since {@link markShown}. */
  get hasChanged(): boolean {
    return this.#lines.some(line => line.changed)
  }

  /** Call when the lines have been shown. */
  markShown(): void {
    for (const line of this.#lines) line.changed = false
  }

  /** Makes the next text start a line. */
  endLine(): void {
    this.#ended = true
  }

  /**
   * Returns whether a text fits on the last line.
   *
   * @param attached whether there is no space before it
   * @param spare columns to keep free after it
   */
  fits(text: string, attached: boolean, spare: number): boolean {
    const last = this.#lines.at(-1)
    if (!last || this.#ended) return false
    const whole = last.text + (attached ? text : ` ${text}`)
    if (whole.length > this.#width * maxUnits) return false
    return widthOf(whole) + spare <= this.#width
  }

  /** Appends a text to the last line. */
  append(text: string, attached: boolean): void {
    const last = this.#lines.at(-1)!
    last.text += attached ? text : ` ${text}`
    last.changed = true
  }

  /** Puts a text on a new line. */
  startLine(text: string, color: CueColor | undefined): void {
    this.#lines.push({ text, color, changed: true })
    this.#ended = false
    if (this.#lines.length > this.#count) this.scrollOut(1)
  }

  /** Removes lines at the top. */
  scrollOut(count: number): void {
    this.#top += this.#lines.splice(0, count).length
  }
}
