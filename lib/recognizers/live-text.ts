import type { LiveTextRule } from './latency.ts'
import {
  type RecognizedWord,
  RECOGNIZER_RATE,
  SAMPLES_PER_MS,
} from './recognizer.ts'
import { alignPrefix, alignWords, normalizedWord } from './word-alignment.ts'

/** A word with its end, in samples of the turn. */
export type PlacedWord = RecognizedWord & { readonly end: number }

type KeyedWord = PlacedWord & {
  /** What is compared: letters and digits only. */
  readonly key: string
}

/** A word of the last partial transcript, and how long it has been there. */
type TrackedWord = PlacedWord & {
  /** End of the audio of the first partial transcript with it, in samples. */
  readonly firstHeardAt: number
  readonly timesHeard: number
}

type ShownWord = Pick<KeyedWord, 'key' | 'end'>

/** Words may end up to 250 ms before the last word shown, in samples. */
const MAX_BACKWARDS = 250 * SAMPLES_PER_MS

/** Tolerance of the times by which words are identified: 80 ms. */
const TIME_TOLERANCE = 80 * SAMPLES_PER_MS

/** Punctuation at the end of a word; it may change with the next word. */
const FINAL_PUNCTUATION = /[.,?!;:…]+["”’)\]]*$/u

/**
 * The text shown of an open turn. A word is appended once it is likely to be in
 * the final, and never taken back. Each partial transcript is aligned with the
 * words shown before; new words follow the part that fits best, so a mistake
 * costs one word and not the rest of the turn.
 */
export class LiveText {
  readonly #rule: LiveTextRule
  #candidates: readonly (KeyedWord & TrackedWord)[] = []
  #shown: ShownWord[] = []
  /** Punctuation of the last word shown, which waits for the next word. */
  #pendingPunctuation = ''

  constructor(rule: LiveTextRule) {
    this.#rule = rule
  }

  /** Ends of the words shown, in samples of the turn. */
  get ends(): readonly number[] {
    return this.#shown.map(({ end }) => end)
  }

  /**
   * Takes a partial transcript.
   *
   * @param words that end in `from` to `to`
   * @param from start of the audio transcribed, in samples of the turn
   * @param to its end
   * @param paused whether the speaker has paused since
   * @param limit words that end after it are not shown yet
   * @returns text to append; empty if no new word is stable
   */
  update(
    words: readonly PlacedWord[],
    from: number,
    to: number,
    paused = false,
    limit = Infinity,
  ): string {
    const candidates = this.#trackCandidates(withKeys(words), to)
    const before = this.#shown.filter(({ end }) => end <= from).length
    let at = this.#resumeAt(candidates, before)
    const start = candidates[at - 1]?.end ?? from
    if (this.#repeatsLastShown(candidates[at], start)) at++
    let text = ''
    for (; at < candidates.length; at++) {
      const word = candidates[at]!
      if (word.end < this.#lastEnd - MAX_BACKWARDS || word.end > limit) break
      const context = {
        audioEnd: to,
        paused,
        wordsBefore: before + at,
        wordsAfter: candidates.length - 1 - at,
      }
      if (!isStable(word, context, this.#rule)) break
      text += this.#show(word)
    }
    return text
  }

  /**
   * Takes the turn's final.
   *
   * @returns text to append: the part that has not been shown
   */
  finish(words: readonly PlacedWord[]): string {
    const final = withKeys(words)
    let text = ''
    for (const word of final.slice(this.#resumeAt(final, 0)))
      text += this.#show(word)
    return text + this.#pendingPunctuation
  }

  /**
   * Returns the index of the first word that has not been shown, and updates
   * the punctuation of the last one.
   *
   * @param before how many of the words shown come before all of these
   */
  #resumeAt(
    words: readonly Pick<KeyedWord, 'key' | 'text'>[],
    before: number,
  ): number {
    const at = alignPrefix(keysOf(this.#shown.slice(before)), keysOf(words))
    const last = words[at - 1]
    if (last && last.key === this.#shown.at(-1)?.key)
      this.#pendingPunctuation = punctuationOf(last.text)
    return at
  }

  /**
   * Whether a word is the last one shown, now longer or shorter: it begins well
   * before that one ended.
   */
  #repeatsLastShown(word: KeyedWord | undefined, start: number): boolean {
    const last = this.#shown.at(-1)
    if (!word || !last || start > last.end - TIME_TOLERANCE) return false
    return word.key.startsWith(last.key) || last.key.startsWith(word.key)
  }

  get #lastEnd(): number {
    return this.#shown.at(-1)?.end ?? 0
  }

  #show({ key, text, end, attached }: KeyedWord): string {
    const space = this.#shown.length > 0 && !attached ? ' ' : ''
    const before = this.#pendingPunctuation + space
    this.#pendingPunctuation = punctuationOf(text)
    this.#shown.push({ key, end: Math.max(this.#lastEnd, end) })
    return before + text.slice(0, text.length - this.#pendingPunctuation.length)
  }

  #trackCandidates(words: readonly KeyedWord[], audioEnd: number) {
    const old = alignWords(keysOf(this.#candidates), keysOf(words))
    this.#candidates = words.map((word, index) => {
      const { firstHeardAt = audioEnd, timesHeard = 0 } =
        this.#candidates[old[index]!] ?? {}
      return { ...word, firstHeardAt, timesHeard: timesHeard + 1 }
    })
    return this.#candidates
  }
}

const keysOf = (words: readonly Pick<KeyedWord, 'key'>[]): string[] =>
  words.map(({ key }) => key)

const withKeys = (words: readonly PlacedWord[]): KeyedWord[] =>
  words
    .map(word => ({ ...word, key: normalizedWord(word.text) }))
    .filter(({ key }) => key !== '')

const punctuationOf = (text: string): string =>
  FINAL_PUNCTUATION.exec(text)?.[0] ?? ''

/** Threshold in a pause, where the last word is complete. */
const MIN_PROBABILITY_IN_PAUSE = 0.5

/** Probability of a word whose recogniser reports none. */
const DEFAULT_PROBABILITY = 0.9

type WordContext = {
  /** End of the audio transcribed, in samples of the turn. */
  readonly audioEnd: number
  /** Whether the speaker has paused since. */
  readonly paused: boolean
  /** Number of words of the turn before and after it. */
  readonly wordsBefore: number
  readonly wordsAfter: number
}

/**
 * Probability that a word is in the turn's final: a logistic regression over
 * the partial transcripts of nine clips of speech, cut off every 50 ms, with
 * both models (18,000 words; see docs/decisions/0006).
 */
const finalProbability = (
  { probability = DEFAULT_PROBABILITY, firstHeardAt }: TrackedWord,
  { audioEnd, wordsBefore, wordsAfter }: WordContext,
): number => {
  const survived = (audioEnd - firstHeardAt) / (50 * SAMPLES_PER_MS)
  const seconds = Math.max(0.3, audioEnd / RECOGNIZER_RATE)
  const z =
    1.98 +
    1.01 * Math.log1p(Math.min(survived, 40)) +
    2.25 * Math.max(-3, Math.log(probability)) -
    1.22 * (Math.min(wordsAfter, 3) / 3) +
    0.34 * Math.log(seconds) -
    0.47 * (Math.min(wordsBefore, 4) / 4)
  return 1 / (1 + Math.exp(-z))
}

/**
 * The last word has to end this much before the audio does: only "respect" of
 * "respectable" may have been said. 100 ms, in samples.
 */
const LAST_WORD_MARGIN = 100 * SAMPLES_PER_MS

/** Whether a word can be shown for good. */
export const isStable = (
  word: TrackedWord,
  context: WordContext,
  { minProbability, stableFor, endedFor }: LiveTextRule,
): boolean => {
  const { wordsAfter, audioEnd, paused } = context
  const sinceEnd = audioEnd - word.end
  if (wordsAfter === 0 && sinceEnd < LAST_WORD_MARGIN) return false
  const least = paused ? MIN_PROBABILITY_IN_PAUSE : minProbability
  return (
    finalProbability(word, context) >= least ||
    audioEnd - word.firstHeardAt >= stableFor ||
    (word.timesHeard > 1 && sinceEnd >= endedFor)
  )
}
