import { widthOf, cleanText, isVisible } from '../cues/caption-text.ts'
import type { CueColor } from '../cues/cue.ts'
import { tokensOf } from '../cues/tokens.ts'

/** What a screen of live captions shows from a time on. */
export type RollUpScreen = {
  /** Time in ms of the audio; never goes back. */
  readonly at: number
  /** Lines, the newest last; none if the screen is empty. */
  readonly lines: readonly string[]
  /**
   * Number of the first line: how many lines have left the screen so far. A
   * line keeps its number, so you can animate its move.
   */
  readonly top: number
  /** Speaker of the newest words, if known. */
  readonly speaker?: string
  /** Colour of each line, if the profile identifies speakers by colours. */
  readonly colors?: readonly (CueColor | undefined)[]
}

/** Maximum code units per column, which limits combining marks. */
const maxUnits = 12

type Line = {
  text: string
  color: CueColor | undefined
  /** Whether it has changed since {@link RollingLines.markShown}. */
  changed: boolean
}

/**
 * Lines that roll up: text is appended to the last line or starts a new one,
 * and lines leave at the top.
 */
export class RollingLines {
  readonly #width: number
  readonly #count: number
  #lines: Line[] = []
  top = 0
  #ended = false

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

  /** Whether a new line would scroll out one that was not shown yet. */
  get wouldHideUnshown(): boolean {
    return this.#lines.length === this.#count && this.#lines[0]!.changed
  }

  get hasChanged(): boolean {
    return this.#lines.some(line => line.changed)
  }

  markShown(): void {
    for (const line of this.#lines) line.changed = false
  }

  endLine(): void {
    this.#ended = true
  }

  /**
   * Returns whether a text fits on the last line, with `spare` free columns
   * after it.
   */
  fits(text: string, attached: boolean, spare: number): boolean {
    const last = this.#lines.at(-1)
    if (!last || this.#ended) return false
    const whole = last.text + (attached ? text : ` ${text}`)
    if (whole.length > this.#width * maxUnits) return false
    return widthOf(whole) + spare <= this.#width
  }

  append(text: string, attached: boolean): void {
    const last = this.#lines.at(-1)!
    last.text += attached ? text : ` ${text}`
    last.changed = true
  }

  startLine(text: string, color: CueColor | undefined): void {
    this.#lines.push({ text, color, changed: true })
    this.#ended = false
    if (this.#lines.length > this.#count) this.scrollOut(1)
  }

  scrollOut(count: number): void {
    this.top += this.#lines.splice(0, count).length
  }
}

/** An indivisible piece of a turn's live text. */
export type DeltaPiece = {
  readonly text: string
  readonly attached: boolean
  readonly open: boolean
}

/** Maximum of kept invisible text, in code units. */
const maxPending = 64

const halfAtEnd = /[\ud800-\udbff]$/

/** Cleans part of a text but keeps the spaces at its ends. */
const cleanPart = (text: string): string => cleanText(`|${text}|`).slice(1, -1)

/**
 * Divides the deltas of a turn into pieces. A word appears as soon as it
 * begins, and is continued later. Only half a character, or marks without a
 * letter, wait.
 */
export class DeltaText {
  readonly #maxWidth: number
  #pending = ''
  #attached = false
  shown = ''

  constructor(maxWidth: number) {
    this.#maxWidth = maxWidth
  }

  read(delta: string): DeltaPiece[] {
    const text = this.#pending + delta
    const half = halfAtEnd.exec(text)?.[0] ?? ''
    const words = cleanPart(text.slice(0, text.length - half.length)).split(' ')
    const last = words.pop()!
    const pieces = words.flatMap(word => {
      const found = this.#take(word, false)
      this.#attached = false
      return found
    })
    this.#pending = half
    if (last === '') return pieces
    if (isVisible(last)) return [...pieces, ...this.#take(last, true)]
    this.#pending = (last + half).slice(-maxPending)
    return pieces
  }

  #take(word: string, open: boolean): DeltaPiece[] {
    if (!isVisible(word)) return []
    const isFirst = this.shown === '' || this.#attached
    this.shown += isFirst ? word : ` ${word}`
    const tokens = tokensOf(word, this.#maxWidth)
    const pieces = tokens.map(({ text, attached }, i) => ({
      text,
      attached: i === 0 ? this.#attached : attached,
      open: open && i === tokens.length - 1,
    }))
    this.#attached = true
    return pieces
  }
}
