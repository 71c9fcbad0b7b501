import type { FinalEvent, Word } from '../../core/transcript-event.ts'
import { tokenTimes } from '../cues/token-times.ts'
import { tokensOf } from '../cues/tokens.ts'

/** Tells who speaks in a range of time, in ms; asked in order. */
export type WhoSpeaks = (start: number, end: number) => string | undefined

/** A run of a final's tokens that one speaker says. */
type Piece = {
  speaker: string | undefined
  /** Index of its first token, and of the first after it. */
  readonly from: number
  to: number
}

const lettersIn = (text: string): number =>
  text.match(/[\p{L}\p{N}]/gu)?.length ?? 0

/** Spaces where a text may be divided, all but the no-break ones. */
const spaces = /[^\S\u00a0\u2007\u202f\ufeff]/gu

/** Tokens of the same speaker one after the other. */
const piecesOf = (
  speakers: readonly (string | undefined)[],
  decides: readonly boolean[],
): Piece[] => {
  const pieces: Piece[] = []
  for (const [i, speaker] of speakers.entries()) {
    if (!decides[i]) continue
    const last = pieces.at(-1)
    if (last && last.speaker === speaker) continue
    if (last) last.to = i
    pieces.push({ speaker, from: last ? i : 0, to: speakers.length })
  }
  return pieces
}

/**
 * The words of each piece: words and tokens are matched as their times are, by
 * the place of their letters.
 */
const wordsOf = (
  words: readonly Word[],
  letters: readonly number[],
  pieces: readonly Piece[],
): Word[][] => {
  const counts = words.map(word => lettersIn(word.text))
  const sum = (numbers: readonly number[]): number =>
    numbers.reduce((total, n) => total + n, 0)
  const scale = sum(letters) / (sum(counts) || 1)
  const parts: Word[][] = pieces.map(() => [])
  let piece = 0
  let pieceEnd = sum(letters.slice(0, pieces[0]!.to))
  let at = 0
  for (const [i, word] of words.entries()) {
    const middle = at + counts[i]! / 2
    at += counts[i]!
    // a word without letters goes with the one before it
    while (
      counts[i]! > 0 &&
      middle * scale >= pieceEnd &&
      piece < pieces.length - 1
    ) {
      const { from, to } = pieces[++piece]!
      pieceEnd += sum(letters.slice(from, to))
    }
    const { speaker } = pieces[piece]!
    parts[piece]!.push(speaker === undefined ? word : { ...word, speaker })
  }
  return parts
}

/** The text of each piece: all of it, but for the spaces between pieces. */
const textsOf = (
  text: string,
  tokens: readonly { readonly text: string }[],
  pieces: readonly Piece[],
): string[] => {
  const cuts: number[] = []
  let at = 0
  let next = 1
  for (const [i, token] of tokens.entries()) {
    at = text.indexOf(token.text, at)
    if (pieces[next]?.from === i) {
      cuts.push(at)
      next++
    }
    at += token.text.length
  }
  const texts = pieces.map((_, i) => text.slice(cuts[i - 1] ?? 0, cuts[i]))
  return texts.map((part, i) => (i < texts.length - 1 ? part.trimEnd() : part))
}

/**
 * A final with its speaker; several, where the speaker changes within it. They
 * have turns of their own (`t3.1`, `t3.2`, …) and share out its range: each
 * ends where the next one begins, with its first word. What is told of it as a
 * whole (`usage`, `logprobs`, `segment`) stays with the first.
 */
export const divideFinal = (
  final: FinalEvent,
  whoSpeaks: WhoSpeaks,
): FinalEvent[] => {
  const tokens = tokensOf(final.text.replace(spaces, ' '), Infinity)
  const letters = tokens.map(token => lettersIn(token.text))
  const decides = letters.map(count => count > 0)
  const whole = (speaker: string | undefined): FinalEvent[] => {
    if (speaker === undefined) return [final]
    const words = final.words?.map(word => ({ ...word, speaker }))
    return [{ ...final, speaker, ...(words && { words }) }]
  }
  const speakerIn = (start: number, end: number): string | undefined =>
    whoSpeaks(start, end) ?? final.speaker
  if (!decides.includes(true)) return whole(speakerIn(final.start, final.end))

  const { starts, ends } = tokenTimes(final, tokens)
  const speakers = tokens.map((_, i) =>
    decides[i] ? speakerIn(starts[i]!, ends[i]!) : undefined,
  )
  const pieces = piecesOf(speakers, decides)
  if (pieces.length === 1) return whole(pieces[0]!.speaker)

  const { usage, logprobs, segment, words, ...each } = final
  const facts = {
    ...(logprobs && { logprobs }),
    ...(usage && { usage }),
    ...(segment && { segment }),
  }
  const texts = textsOf(final.text, tokens, pieces)
  const wordLists = words && wordsOf(words, letters, pieces)
  return pieces.map(({ speaker, from, to }, i) => ({
    ...each,
    turn: `${final.turn}.${i + 1}`,
    text: texts[i]!,
    start: i === 0 ? final.start : starts[from]!,
    end: to === tokens.length ? final.end : starts[to]!,
    ...(speaker !== undefined && { speaker }),
    ...(wordLists && { words: wordLists[i]! }),
    ...(i === 0 && facts),
  }))
}
