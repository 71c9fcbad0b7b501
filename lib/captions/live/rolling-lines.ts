import type { CueColor } from '../cues/cue.ts'
import { widthOf } from '../cues/graphemes.ts'

/** Code units a column, at most: marks without end make no line endless. */
const maxUnits = 12

type Line = {
  text: string
  color: CueColor | undefined
  /** Whether it has changed since the lines were last looked at. */
  fresh: boolean
}

/**
 * The lines of a screen that rolls up. Text is only ever put behind the last
 * line, or on a new one below it; lines leave at the top.
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

  /** How many lines have left so far. */
  get top(): number {
    return this.#top
  }

  /** Whether a further line would push one out that nobody has seen as it is. */
  get hides(): boolean {
    return this.#lines.length === this.#count && this.#lines[0]!.fresh
  }

  /** Whether anything has changed since {@link look}. */
  get fresh(): boolean {
    return this.#lines.some(line => line.fresh)
  }

  /** They have been seen as they are. */
  look(): void {
    for (const line of this.#lines) line.fresh = false
  }

  /** What comes next begins a line. */
  endLine(): void {
    this.#ended = true
  }

  /**
   * Whether a text fits behind the last line.
   *
   * @param glued whether without a space
   * @param spare columns that are to stay free behind it
   */
  fits(text: string, glued: boolean, spare: number): boolean {
    const last = this.#lines.at(-1)
    if (!last || this.#ended) return false
    const whole = last.text + (glued ? text : ` ${text}`)
    if (whole.length > this.#width * maxUnits) return false
    return widthOf(whole) + spare <= this.#width
  }

  /** Puts a text behind the last line. */
  append(text: string, glued: boolean): void {
    const last = this.#lines.at(-1)!
    last.text += glued ? text : ` ${text}`
    last.fresh = true
  }

  /** Puts a text on a new line. */
  begin(text: string, color: CueColor | undefined): void {
    this.#lines.push({ text, color, fresh: true })
    this.#ended = false
    if (this.#lines.length > this.#count) this.leave(1)
  }

  /** Takes lines away at the top. */
  leave(count: number): void {
    this.#top += this.#lines.splice(0, count).length
  }
}
