import type { FinalEvent, Word } from '../../core/transcript-event.ts'
import { tokensOf, type Token } from './tokens.ts'

/** When each token of a turn is spoken, in ms; neither list ever falls. */
export type TokenTimes = {
  readonly starts: readonly number[]
  readonly ends: readonly number[]
}

/** Letters and digits alone: words often come without their punctuation. */
const lettersIn = (text: string): number => {
  let count = 0
  for (const _ of text.matchAll(/[\p{L}\p{N}]/gu)) count++
  return count
}

/** A stretch of a turn's letters and its time. */
type Span = { from: number; to: number; start: number; end: number }

const spansOf = (words: readonly Word[], from: number, to: number): Span[] => {
  const spans: Span[] = []
  let letters = 0
  let time = from
  for (const word of words) {
    const count = lettersIn(word.text)
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
 * When each token of a final is spoken. With word times, words and tokens are
 * matched by counting letters and digits, which is exact where both spell the
 * same and proportional where they do not; words of less than half or more than
 * twice the text's letters are not its words. Without, the turn is shared out by
 * letters too; by width where there is no letter at all.
 */
export const tokenTimes = (
  final: FinalEvent,
  tokens: readonly Token[],
): TokenTimes => {
  const end = Math.max(final.start, final.end)
  let lengths = tokens.map(token => lettersIn(token.text))
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
    // a start belongs to the word that follows it, an end to the one before
    while (s < spans.length - 1 && spans[s]!.to <= from) s++
    while (e < spans.length - 1 && spans[e]!.to < to) e++
    const start = Math.max(last, timeAt(spans[s]!, from))
    last = Math.max(start, timeAt(spans[e]!, to))
    starts.push(start)
    ends.push(last)
  }
  return { starts, ends }
}

/** A token with its time, in ms. */
export type TimedToken = Token & {
  readonly start: number
  readonly end: number
}

/**
 * The tokens of a final's text, none wider than a line, each with its time.
 *
 * @param mark stands before the text and takes no time
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
  const [start, end] = [starts[0]!, starts[0]!]
  const before = tokensOf(mark, maxWidth).map(token => ({
    ...token,
    after: 'never' as const,
    start,
    end,
  }))
  return [...before, ...timed]
}
