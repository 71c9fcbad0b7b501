import type { Latency } from './latency.ts'
import type { RecognizedWord } from './recognizer.ts'
import { keyOf, matchPrefix, matchWords } from './word-alignment.ts'

/** A word, and where it ended, in samples of the turn. */
export type PlacedWord = RecognizedWord & { readonly end: number }

/** A word of the last hypothesis, and since when it has been in all. */
type Candidate = PlacedWord & {
  readonly key: string
  /** End of the audio (samples) of the first hypothesis that had it. */
  readonly since: number
  readonly seen: number
}

/** A word shown, and where it ended, in samples of the turn. */
type Shown = { readonly key: string; readonly end: number }

/** How far back (samples) a word may end before the last one shown: 250 ms. */
const LOOK_BACK = 4_000

/** By how much (samples) times may be wrong that decide on this: 80 ms. */
const OVERLAP = 1_280

/** Punctuation at a word's end, which changes with what comes next. */
const CLOSING = /[.,?!;:…]+["”’)\]]*$/u

/**
 * The text of an open turn, as it is shown: words are appended once it is
 * likely that the final will have them, and never taken back. What the
 * recogniser hears is heard anew at each step; where what was shown no longer
 * fits, showing goes on behind the part that fits best, so that a mistake
 * costs a word and not the rest of the turn.
 */
export class LiveText {
  readonly #rule: LiveRule
  #candidates: readonly Candidate[] = []
  #shown: Shown[] = []
  /** Punctuation of the last word shown, which waits for the next word. */
  #closing = ''

  constructor(rule: LiveRule) {
    this.#rule = rule
  }

  /** Ends of the words shown, in samples of the turn. */
  get ends(): readonly number[] {
    return this.#shown.map(({ end }) => end)
  }

  /**
   * Takes what was heard in the audio so far.
   *
   * @param words that end in `from` to `to`
   * @param from where the audio that was heard begins, in samples of the turn
   * @param to where it ends
   * @param settled whether the voice has paused since
   * @param limit words that end behind it are not to be shown yet
   * @returns text to append; empty where nothing new is sure
   */
  hear(
    words: readonly PlacedWord[],
    from: number,
    to: number,
    settled = false,
    limit = Infinity,
  ): string {
    const candidates = this.#follow(keyed(words), to)
    const before = this.#shown.filter(({ end }) => end <= from).length
    let at = this.#resume(candidates, before)
    if (this.#isLast(candidates[at], candidates[at - 1]?.end ?? from)) at++
    let text = ''
    for (; at < candidates.length; at++) {
      const word = candidates[at]!
      const last = this.#shown.at(-1)?.end ?? 0
      if (word.end < last - LOOK_BACK || word.end > limit) break
      const place = {
        edge: to,
        settled,
        index: before + at,
        after: candidates.length - 1 - at,
      }
      if (!isSure(word, place, this.#rule)) break
      text += this.#show(word)
    }
    return text
  }

  /**
   * Takes the turn's final.
   *
   * @returns text to append: what of it has not been shown
   */
  finish(words: readonly PlacedWord[]): string {
    const final = keyed(words)
    let text = ''
    for (const word of final.slice(this.#resume(final, 0)))
      text += this.#show(word)
    return text + this.#closing
  }

  /**
   * Where to go on, and the punctuation that the last word has by now.
   *
   * @param before how many of the words shown lie before all of these
   */
  #resume(
    words: readonly { key: string; text: string }[],
    before: number,
  ): number {
    const at = matchPrefix(
      this.#shown.slice(before).map(({ key }) => key),
      words.map(({ key }) => key),
    )
    const last = words[at - 1]
    if (last && last.key === this.#shown.at(-1)?.key)
      this.#closing = CLOSING.exec(last.text)?.[0] ?? ''
    return at
  }

  /**
   * Whether a word is the last one shown over again, longer or shorter than
   * it was then: it began well before that one ended.
   */
  #isLast(word: Candidate | undefined, start: number): boolean {
    const last = this.#shown.at(-1)
    if (!word || !last || start > last.end - OVERLAP) return false
    return word.key.startsWith(last.key) || last.key.startsWith(word.key)
  }

  #show({ key, text, end, attached }: PlacedWord & { key: string }): string {
    const space = this.#shown.length > 0 && !attached ? ' ' : ''
    const before = this.#closing + space
    this.#closing = CLOSING.exec(text)?.[0] ?? ''
    const last = this.#shown.at(-1)?.end ?? 0
    this.#shown.push({ key, end: Math.max(last, end) })
    return before + text.slice(0, text.length - this.#closing.length)
  }

  #follow(
    words: readonly (PlacedWord & { key: string })[],
    edge: number,
  ): readonly Candidate[] {
    const like = matchWords(
      this.#candidates.map(({ key }) => key),
      words.map(({ key }) => key),
    )
    this.#candidates = words.map((word, index) => {
      const old = this.#candidates[like[index]!]
      return old
        ? { ...word, since: old.since, seen: old.seen + 1 }
        : { ...word, since: edge, seen: 1 }
    })
    return this.#candidates
  }
}

const keyed = (
  words: readonly PlacedWord[],
): (PlacedWord & { key: string })[] =>
  words
    .map(word => ({ ...word, key: keyOf(word.text) }))
    .filter(({ key }) => key !== '')

/** When a live transcriber listens anew, and what it shows of it. */
export type LiveRule = {
  /** Least audio between two hypotheses, in samples. */
  readonly step: number
  /** How likely a word has to be in the final. */
  readonly likely: number
  /** A word is shown that has been heard alike in this much audio (samples). */
  readonly steady: number
  /**
   * A word is shown that ended so long ago (samples) and was heard twice:
   * what has been said since did not change it.
   */
  readonly past: number
}

/**
 * In a pause the word before it is whole, and most often the turn's last: what
 * would be heard of it the next times is the same.
 */
const IN_PAUSE = 0.5

const ms = (value: number): number => value * 16

/** What each setting stands for; found by trying, see docs/decisions. */
export const liveRules: Readonly<Record<Latency, LiveRule>> = {
  low: { step: ms(50), likely: 0.8, steady: ms(300), past: ms(350) },
  balanced: { step: ms(100), likely: 0.92, steady: ms(350), past: ms(500) },
  accurate: { step: ms(150), likely: 0.95, steady: ms(400), past: ms(800) },
}

/** A word with how long it has been heard; samples of the turn's audio. */
type Heard = RecognizedWord & {
  readonly end: number
  readonly since: number
  readonly seen: number
}

/** Of a word whose recogniser does not say how sure it is. */
const UNSAID = 0.9

type Place = {
  /** Where the audio heard ended, and whether in a pause. */
  readonly edge: number
  readonly settled: boolean
  /** How many words of the turn come before and after it. */
  readonly index: number
  readonly after: number
}

/**
 * How likely a word is in the turn's final: a logistic regression over what
 * the decoder made of nine clips of speech, cut off every 50 ms, with both
 * models (18,000 words; see docs/decisions/0006).
 */
const likelihood = (
  { probability = UNSAID, since }: Heard,
  { edge, index, after }: Place,
): number => {
  const survived = (edge - since) / ms(50)
  const seconds = Math.max(0.3, edge / 16_000)
  const z =
    1.98 +
    1.01 * Math.log1p(Math.min(survived, 40)) +
    2.25 * Math.max(-3, Math.log(probability)) -
    1.22 * (Math.min(after, 3) / 3) +
    0.34 * Math.log(seconds) -
    0.47 * (Math.min(index, 4) / 4)
  return 1 / (1 + Math.exp(-z))
}

/**
 * The last word is not shown while it lasts until the audio's end but for
 * this (samples): of 'respectable' only 'respect' may have been said.
 */
const LAST_WORD_MARGIN = ms(100)

/** Whether a word can be shown for good. */
export const isSure = (word: Heard, place: Place, rule: LiveRule): boolean =>
  (place.after > 0 || place.edge - word.end >= LAST_WORD_MARGIN) &&
  (likelihood(word, place) >= (place.settled ? IN_PAUSE : rule.likely) ||
    place.edge - word.since >= rule.steady ||
    (word.seen > 1 && place.edge - word.end >= rule.past))
