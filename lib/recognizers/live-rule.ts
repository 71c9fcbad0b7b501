import type { RecognizedWord } from './recognizer.ts'
import type { Latency } from './latency.ts'

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
