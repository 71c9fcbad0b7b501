import { breakKind, type BreakKind } from './break-kind.ts'
import { isVisible } from './clean-text.ts'
import { graphemesOf, lengthOf, segmentsOf, widthOf } from './graphemes.ts'

/** A piece of text that stays on one line. */
export type Token = {
  readonly text: string
  /** Columns that `text` takes. */
  readonly width: number
  /** User-perceived characters of `text`. */
  readonly length: number
  /** Whether it follows the token before it without a space. */
  readonly glued: boolean
  /** How good a break after it is. */
  readonly after: BreakKind
}

/** Writing that puts no spaces between words. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

/** Whether a text has such writing in it. */
export const isUnspaced = (text: string): boolean => unspaced.test(text)

let words: Intl.Segmenter | undefined

/** Made where it is needed: the first one of a process is slow. */
const byWord = (): Intl.Segmenter =>
  (words ??= new Intl.Segmenter('und', { granularity: 'word' }))

const opens = /^[\p{Ps}\p{Pi}]+$/u
const isWord = /[\p{L}\p{N}]/u

/**
 * The words of writing without spaces, each with its punctuation, so that no
 * line begins with a full stop or ends with an opening bracket.
 */
const wordsIn = (text: string): string[] => {
  const found: string[] = []
  let opening = ''
  for (const segment of segmentsOf(text, byWord()))
    if (opens.test(segment)) opening += segment
    else if (isWord.test(segment) || opening || found.length === 0) {
      found.push(opening + segment)
      opening = ''
    } else found[found.length - 1] += segment
  if (opening) found.push(opening)
  return found
}

/** A word in pieces that fit a line; one piece where it fits whole. */
const piecesOf = (word: string, maxWidth: number): string[] => {
  if (widthOf(word) <= maxWidth) return [word]
  const pieces: string[] = []
  let piece = ''
  let room = maxWidth
  for (const grapheme of graphemesOf(word)) {
    const width = widthOf(grapheme)
    if (width > room && piece !== '') {
      pieces.push(piece)
      piece = ''
      room = maxWidth
    }
    piece += grapheme
    room -= width
  }
  return [...pieces, piece]
}

/** The pieces of a text in order, each with whether it is glued to the last. */
const partsOf = (
  text: string,
  maxWidth: number,
): { text: string; glued: boolean; ends: boolean }[] => {
  const parts: { text: string; glued: boolean; ends: boolean }[] = []
  for (const word of text.split(' ')) {
    let glued = false
    for (const part of isUnspaced(word) ? wordsIn(word) : [word]) {
      const pieces = piecesOf(part, maxWidth)
      for (const [i, piece] of pieces.entries()) {
        // A no-break space at the end of a line would be seen by nobody, nor
        // would a cue that has nothing to be seen.
        const text = piece.trim()
        if (isVisible(text)) {
          const joins = glued && piece.trimStart() === piece
          parts.push({ text, glued: joins, ends: i === pieces.length - 1 })
          glued = true
        }
        if (piece.trimEnd() !== piece) glued = false
      }
    }
  }
  return parts
}

/**
 * Cuts clean text into the tokens that lines are made of: its words (found by
 * Unicode's rules, UAX #29, where they are written without spaces), and a word
 * wider than a line into pieces, cut between graphemes. No-break spaces hold
 * words together but where a line is too narrow for that.
 */
export const tokensOf = (text: string, maxWidth: number): Token[] => {
  const parts = partsOf(text, maxWidth)
  return parts.map(({ text, glued, ends }, i): Token => {
    const next = parts[i + 1]
    const last = next === undefined ? 'sentence' : breakKind(text, next.text)
    return {
      text,
      width: widthOf(text),
      length: lengthOf(text),
      glued,
      after: ends ? last : 'avoid',
    }
  })
}

/** Columns between a token and the one before it on a line. */
export const spaceBefore = ({ glued }: Token): number => (glued ? 0 : 1)

/** The text of some tokens on one line. */
export const joined = (tokens: readonly Token[]): string =>
  tokens
    .map(({ text, glued }, i) => (i === 0 || glued ? text : ` ${text}`))
    .join('')
