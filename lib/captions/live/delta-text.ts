import { cleanText, isVisible } from '../cues/caption-text.ts'
import { tokensOf } from '../cues/tokens.ts'

/** An indivisible piece of a turn's live text. */
export type DeltaPiece = {
  readonly text: string
  readonly attached: boolean
  /** Whether the next delta may continue it. */
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
  #shown = ''

  constructor(maxWidth: number) {
    this.#maxWidth = maxWidth
  }

  get shown(): string {
    return this.#shown
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
    const isFirst = this.#shown === '' || this.#attached
    this.#shown += isFirst ? word : ` ${word}`
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
