import { cleanText, isVisible } from '../cues/clean-text.ts'
import { tokensOf } from '../cues/tokens.ts'

/** A piece of a turn's live text that is shown as a whole. */
export type DeltaPiece = {
  readonly text: string
  /** Whether it goes on with the word before it. */
  readonly glued: boolean
  /** Whether what comes next may go on with it. */
  readonly open: boolean
}

/** The most of what nobody can see that is kept, in code units. */
const maxHeld = 64

const halfAtEnd = /[\ud800-\udbff]$/

/** Cleaned as a whole text is, but for the spaces at its ends. */
const cleanPart = (text: string): string => cleanText(`|${text}|`).slice(1, -1)

/**
 * The text of one turn, as its deltas bring it, cut into what can be shown. A
 * word is given as soon as it begins; what comes later is glued to it. Only what
 * nobody could see waits: half a character, or marks without a letter.
 */
export class DeltaText {
  readonly #maxWidth: number
  #held = ''
  #glued = false
  #shown = ''

  /** @param maxWidth most columns of a piece */
  constructor(maxWidth: number) {
    this.#maxWidth = maxWidth
  }

  /** All that was given, as clean text. */
  get shown(): string {
    return this.#shown
  }

  /** What a delta adds. */
  read(delta: string): DeltaPiece[] {
    const text = this.#held + delta
    const half = halfAtEnd.exec(text)?.[0] ?? ''
    const words = cleanPart(text.slice(0, text.length - half.length)).split(' ')
    const last = words.pop()!
    const pieces = words.flatMap(word => {
      const found = this.#take(word, false)
      this.#glued = false
      return found
    })
    this.#held = half
    if (last === '') return pieces
    if (isVisible(last)) return [...pieces, ...this.#take(last, true)]
    this.#held = (last + half).slice(-maxHeld)
    return pieces
  }

  #take(word: string, open: boolean): DeltaPiece[] {
    if (!isVisible(word)) return []
    const isFirst = this.#shown === '' || this.#glued
    this.#shown += isFirst ? word : ` ${word}`
    const tokens = tokensOf(word, this.#maxWidth)
    const pieces = tokens.map(({ text, glued }, i) => ({
      text,
      glued: i === 0 ? this.#glued : glued,
      open: open && i === tokens.length - 1,
    }))
    this.#glued = true
    return pieces
  }
}
