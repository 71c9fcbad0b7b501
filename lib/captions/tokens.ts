import { breakKind, type BreakKind } from './break-kind.ts'
import { graphemesOf, widthOf } from './graphemes.ts'

/** A piece of text that stays on one line. */
export type Token = {
  readonly text: string
  /** Graphemes in `text`. */
  readonly width: number
  /** How good a break after it is. */
  readonly after: BreakKind
}

/** A word in pieces that fit a line; one piece where it fits whole. */
const piecesOf = (word: string, maxWidth: number): string[] => {
  if (word.length <= maxWidth) return [word]
  const graphemes = graphemesOf(word)
  const pieces: string[] = []
  for (let i = 0; i < graphemes.length; i += maxWidth)
    pieces.push(graphemes.slice(i, i + maxWidth).join(''))
  return pieces
}

/**
 * Cuts clean text into the tokens that lines are made of: its words, and a word
 * longer than a line into pieces of a whole line each, cut between graphemes.
 * All but the last piece fill a line, so that tokens on one line are always
 * apart by one space.
 */
export const tokensOf = (text: string, maxWidth: number): Token[] => {
  const words = text.split(' ').filter(word => word !== '')
  return words.flatMap((word, i) => {
    const pieces = piecesOf(word, maxWidth)
    const next = words[i + 1]
    const last = next === undefined ? 'sentence' : breakKind(word, next)
    return pieces.map((text, k): Token => ({
      text,
      width: widthOf(text),
      after: k === pieces.length - 1 ? last : 'avoid',
    }))
  })
}
