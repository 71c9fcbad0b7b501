import type { FinalEvent, Word } from '../../core/transcript-event.ts'
import { countLetters, tokenTimes, tokensOf } from '../cues/tokens.ts'

/** Returns who speaks in a range of ms; called in order. */
export type SpeakerStyleup = (start: number, end: number) => string | undefined

type SpeakerRun = {
  speaker: string | undefined
  /** Index of the first token; `to` is exclusive. */
  readonly from: number
  to: number
}

const spaces = /[^\S\u00a0\u2007\u202f\ufeff]/gu

const runsOf = (
  speakers: readonly (string | undefined)[],
  hasLetters: readonly boolean[],
): SpeakerRun[] => {
  const runs: SpeakerRun[] = []
  for (const [i, speaker] of speakers.entries()) {
    if (!hasLetters[i]) continue
    const last = runs.at(-1)
    if (last && last.speaker === speaker) continue
    if (last) last.to = i
    runs.push({ speaker, from: last ? i : 0, to: speakers.length })
  }
  return runs
}

/**
 * Returns the words of each run, matched with tokens by the position of their
 * letters.
 */
const wordsOf = (
  words: readonly Word[],
  letters: readonly number[],
  runs: readonly SpeakerRun[],
): Word[][] => {
  const counts = words.map(word => countLetters(word.text))
  const sum = (numbers: readonly number[]): number =>
    numbers.reduce((total, n) => total + n, 0)
  const scale = sum(letters) / (sum(counts) || 1)
  const parts: Word[][] = runs.map(() => [])
  let run = 0
  let runEnd = sum(letters.slice(0, runs[0]!.to))
  let at = 0
  for (const [i, word] of words.entries()) {
    const middle = at + counts[i]! / 2
    at += counts[i]!
    // a word without letters belongs to the one before it
    while (
      counts[i]! > 0 &&
      middle * scale >= runEnd &&
      run < runs.length - 1
    ) {
      const { from, to } = runs[++run]!
      runEnd += sum(letters.slice(from, to))
    }
    const { speaker } = runs[run]!
    parts[run]!.push(speaker === undefined ? word : { ...word, speaker })
  }
  return parts
}

const textsOf = (
  text: string,
  tokens: readonly { readonly text: string }[],
  runs: readonly SpeakerRun[],
): string[] => {
  const cuts: number[] = []
  let at = 0
  let next = 1
  for (const [i, token] of tokens.entries()) {
    at = text.indexOf(token.text, at)
    if (runs[next]?.from === i) {
      cuts.push(at)
      next++
    }
    at += token.text.length
  }
  const texts = runs.map((_, i) => text.slice(cuts[i - 1] ?? 0, cuts[i]))
  return texts.map((part, i) => (i < texts.length - 1 ? part.trimEnd() : part))
}

/**
 * Adds speakers to a final, and divides it where the speaker changes. The parts
 * are turns (`t3.1`, `t3.2`, …); each ends where the first word of the next
 * begins. The first one has the facts of the whole (`usage`, `logprobs`,
 * `segment`).
 */
export const splitFinal = (
  final: FinalEvent,
  whoSpeaks: SpeakerStyleup,
): FinalEvent[] => {
  const tokens = tokensOf(final.text.replace(spaces, ' '), Infinity)
  const letters = tokens.map(token => countLetters(token.text))
  const hasLetters = letters.map(count => count > 0)
  const whole = (speaker: string | undefined): FinalEvent[] => {
    if (speaker === undefined) return [final]
    const words = final.words?.map(word => ({ ...word, speaker }))
    return [{ ...final, speaker, ...(words && { words }) }]
  }
  const speakerIn = (start: number, end: number): string | undefined =>
    whoSpeaks(start, end) ?? final.speaker
  if (!hasLetters.includes(true))
    return whole(speakerIn(final.start, final.end))

  const { starts, ends } = tokenTimes(final, tokens)
  const speakers = tokens.map((_, i) =>
    hasLetters[i] ? speakerIn(starts[i]!, ends[i]!) : undefined,
  )
  const runs = runsOf(speakers, hasLetters)
  if (runs.length === 1) return whole(runs[0]!.speaker)

  const { usage, logprobs, segment, words, ...each } = final
  const facts = {
    ...(logprobs && { logprobs }),
    ...(usage && { usage }),
    ...(segment && { segment }),
  }
  const texts = textsOf(final.text, tokens, runs)
  const wordLists = words && wordsOf(words, letters, runs)
  return runs.map(({ speaker, from, to }, i) => ({
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
