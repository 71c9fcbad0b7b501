import type { FinalEvent, Word } from '../../core/transcript-event.ts'
import { breakKind, type BreakKind } from './break-kind.ts'
import {
  isVisible,
  graphemesOf,
  lengthOf,
  segmentsOf,
  widthOf,
} from './caption-text.ts'

/** Text that stays on one line. */
export type Token = {
  readonly text: string
  readonly width: number
  readonly length: number
  /** Whether no space precedes it. */
  readonly attached: boolean
  /** Quality of a break after it. */
  readonly after: BreakKind
}

const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

/** Whether a text contains a script without spaces between words. */
export const isUnspaced = (text: string): boolean => unspaced.test(text)

let words: Intl.Segmenter | undefined

/** Created lazily: the first segmenter of a process is slow. */
const byWord = (): Intl.Segmenter =>
  (words ??= new Intl.Segmenter('und', { granularity: 'word' }))

const opens = /^[\p{Ps}\p{Pi}]+$/u
const isWord = /[\p{L}\p{N}]/u

/**
 * Splits text without spaces into words with their punctuation, so that no line
 * begins with a full stop or ends with an opening bracket.
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

/** Returns the pieces of a text; `ends` marks the last piece of a word. */
const partsOf = (
  text: string,
  maxWidth: number,
): { text: string; attached: boolean; ends: boolean }[] => {
  const parts: { text: string; attached: boolean; ends: boolean }[] = []
  for (const word of text.split(' ')) {
    let attached = false
    for (const part of isUnspaced(word) ? wordsIn(word) : [word]) {
      const pieces = piecesOf(part, maxWidth)
      for (const [i, piece] of pieces.entries()) {
        // A no-break space at the end of a line is invisible, and so may be a
        // whole cue.
        const text = piece.trim()
        if (isVisible(text)) {
          const joins = attached && piece.trimStart() === piece
          parts.push({ text, attached: joins, ends: i === pieces.length - 1 })
          attached = true
        }
        if (piece.trimEnd() !== piece) attached = false
      }
    }
  }
  return parts
}

/**
 * Divides clean text into tokens: words (by UAX #29 in scripts without spaces),
 * and pieces of words wider than a line, cut between graphemes. No-break spaces
 * join words unless a line is too narrow.
 */
export const tokensOf = (text: string, maxWidth: number): Token[] => {
  const parts = partsOf(text, maxWidth)
  return parts.map(({ text, attached, ends }, i): Token => {
    const next = parts[i + 1]
    const last = next === undefined ? 'sentence' : breakKind(text, next.text)
    return {
      text,
      width: widthOf(text),
      length: lengthOf(text),
      attached,
      after: ends ? last : 'avoid',
    }
  })
}

/** Columns before a token within a line. */
export const spaceBefore = ({ attached }: Token): number => (attached ? 0 : 1)

export const joinTokens = (tokens: readonly Token[]): string =>
  tokens
    .map(({ text, attached }, i) => (i === 0 || attached ? text : ` ${text}`))
    .join('')

/** Counts letters and digits; words often lack their punctuation. */
export const countLetters = (text: string): number =>
  text.match(/[\p{L}\p{N}]/gu)?.length ?? 0

type Span = { from: number; to: number; start: number; end: number }

const spansOf = (words: readonly Word[], from: number, to: number): Span[] => {
  const spans: Span[] = []
  let letters = 0
  let time = from
  for (const word of words) {
    const count = countLetters(word.text)
    if (count === 0) continue
    const start = Math.min(Math.max(word.start, time), to)
    const end = Math.min(Math.max(word.end, start), to)
    spans.push({ from: letters, to: letters + count, start, end })
    letters += count
    time = end
  }
  return spans
}

/**
 * Returns when each token of a final is spoken. Words with times are matched
 * with tokens by counting letters and digits: exactly if both have the same
 * spelling, else proportionally. Words with less than half or more than twice
 * the text's letters are ignored. Without words, time is divided by letters, or
 * by width if there are none.
 */
export const tokenTimes = (final: FinalEvent, tokens: readonly Token[]) => {
  const end = Math.max(final.start, final.end)
  let lengths = tokens.map(token => countLetters(token.text))
  if (!lengths.some(length => length > 0))
    lengths = tokens.map(token => token.width)
  const total = lengths.reduce((sum, length) => sum + length, 0)

  let spans = spansOf(final.words ?? [], final.start, end)
  const share = (spans.at(-1)?.to ?? 0) / total
  if (share < 0.5 || share > 2)
    spans = [{ from: 0, to: total, start: final.start, end }]
  const scale = spans.at(-1)!.to / total

  const timeAt = (span: Span, position: number): number =>
    span.start +
    ((span.end - span.start) * (position - span.from)) / (span.to - span.from)

  const starts: number[] = []
  const ends: number[] = []
  let letters = 0
  let s = 0
  let e = 0
  let last = final.start
  for (const length of lengths) {
    const from = letters * scale
    letters += length
    const to = letters * scale
    // A start belongs to the word after it, an end to the one before it.
    while (s < spans.length - 1 && spans[s]!.to <= from) s++
    while (e < spans.length - 1 && spans[e]!.to < to) e++
    const start = Math.max(last, timeAt(spans[s]!, from))
    last = Math.max(start, timeAt(spans[e]!, to))
    starts.push(start)
    ends.push(last)
  }
  return { starts, ends }
}

export type TimedToken = Token & {
  readonly start: number
  readonly end: number
}

/**
 * Returns the tokens of a final's text with their times.
 * @param mark put before the text; takes no time
 */
export const timedTokens = (
  final: FinalEvent,
  mark: string,
  text: string,
  maxWidth: number,
): TimedToken[] => {
  const tokens = tokensOf(text, maxWidth)
  const { starts, ends } = tokenTimes(final, tokens)
  const timed = tokens.map((token, i) => ({
    ...token,
    start: starts[i]!,
    end: ends[i]!,
  }))
  const start = starts[0]!
  const before = tokensOf(mark, maxWidth).map(token => ({
    ...token,
    after: 'never' as const,
    start,
    end: start,
  }))
  return [...before, ...timed]
}
