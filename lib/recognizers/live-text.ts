import {
  SAMPLES_PER_MS,
  type RecognizedWord,
  RECOGNIZER_RATE,
} from './recognizer.ts'

/** Trade-offs between early deltas and deltas that the final confirms. */
export const latencies = ['low', 'balanced', 'accurate'] as const

/** One of {@link latencies}. */
export type Latency = (typeof latencies)[number]

/** How often an open turn is transcribed, and which words are shown. */
export type LiveTextRule = {
  /** Minimum audio between two partial transcripts, in samples. */
  readonly step: number
  /** Minimum probability that a word is in the final. */
  readonly minProbability: number
  /** A word that did not change for this much audio is shown, in samples. */
  readonly stableFor: number
  /** A word transcribed twice that ended so long ago is shown, in samples. */
  readonly endedFor: number
}

const ruleOf = (
  stepMs: number,
  minProbability: number,
  stableForMs: number,
  endedForMs: number,
): LiveTextRule => ({
  step: stepMs * SAMPLES_PER_MS,
  minProbability,
  stableFor: stableForMs * SAMPLES_PER_MS,
  endedFor: endedForMs * SAMPLES_PER_MS,
})

/** The rule of each setting; measured, see docs/decisions/0006. */
export const liveTextRules: Readonly<Record<Latency, LiveTextRule>> = {
  low: ruleOf(50, 0.8, 300, 350),
  balanced: ruleOf(100, 0.92, 350, 500),
  accurate: ruleOf(150, 0.95, 400, 800),
}

export type PlacedWord = RecognizedWord & { readonly end: number }

type KeyedWord = PlacedWord & {
  /** Letters and digits only, for comparison. */
  readonly key: string
}

/** A word of the last partial transcript. */
type TrackedWord = PlacedWord & {
  /** End of the audio of the first partial transcript with it, in samples. */
  readonly firstSeenAt: number
  readonly timesSeen: number
}

type ShownWord = Pick<KeyedWord, 'key' | 'end'>

/** A new word may end this much before the last word shown: 250 ms. */
const MAX_BACKWARDS = 250 * SAMPLES_PER_MS

/** Tolerance of the times by which words are identified: 80 ms. */
const TIME_TOLERANCE = 80 * SAMPLES_PER_MS

/** Punctuation at the end of a word; it may change with the next word. */
const FINAL_PUNCTUATION = /[.,?!;:…]+["”’)\]]*$/u

/**
 * The text shown of an open turn. A word is appended once it is likely to be in
 * the final, and never revised. Each partial transcript is aligned with the
 * words shown; new words follow the best fit, so a mistake costs one word and
 * not the rest of the turn.
 */
export class LiveText {
  readonly #rule: LiveTextRule
  #candidates: readonly (KeyedWord & TrackedWord)[] = []
  #shown: ShownWord[] = []
  #pendingPunctuation = ''

  constructor(rule: LiveTextRule) {
    this.#rule = rule
  }

  get ends(): readonly number[] {
    return this.#shown.map(({ end }) => end)
  }

  /**
   * Takes a partial transcript and returns text to append.
   *
   * @param words that end in `from` to `to`
   * @param from start of the audio transcribed, in samples of the turn
   * @param to its end
   * @param limit words that end after it are not shown yet
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

  /** Takes the turn's final and returns the text that has not been shown. */
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
   * @param before number of words shown that precede all of these
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
      const { firstSeenAt = audioEnd, timesSeen = 0 } =
        this.#candidates[old[index]!] ?? {}
      return { ...word, firstSeenAt, timesSeen: timesSeen + 1 }
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

const DEFAULT_PROBABILITY = 0.9

type WordContext = {
  readonly audioEnd: number
  readonly paused: boolean
  readonly wordsBefore: number
  readonly wordsAfter: number
}

/**
 * Probability that a word is in the turn's final: a logistic regression over
 * partial transcripts of nine clips, cut off every 50 ms, with both models
 * (18,000 words; see docs/decisions/0006).
 */
const finalProbability = (
  { probability = DEFAULT_PROBABILITY, firstSeenAt }: TrackedWord,
  { audioEnd, wordsBefore, wordsAfter }: WordContext,
): number => {
  const survived = (audioEnd - firstSeenAt) / (50 * SAMPLES_PER_MS)
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
 * The last word has to end this much before the audio does: the audio may end
 * in "respect" of "respectable". 100 ms, in samples.
 */
const LAST_WORD_MARGIN = 100 * SAMPLES_PER_MS

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
    audioEnd - word.firstSeenAt >= stableFor ||
    (word.timesSeen > 1 && sinceEnd >= endedFor)
  )
}

export const normalizedWord = (word: string): string =>
  word
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '')

/**
 * Returns the length of the prefix of a transcript that has the smallest edit
 * distance to the words shown. If several have it, the one nearest in length
 * wins.
 */
export const alignPrefix = (
  shown: readonly string[],
  transcript: readonly string[],
): number => {
  let costs = Array.from({ length: transcript.length + 1 }, (_, j) => j)
  for (const [i, word] of shown.entries()) {
    const above = costs
    costs = [i + 1]
    for (let j = 1; j <= transcript.length; j++)
      costs.push(
        Math.min(
          above[j]! + 1,
          costs[j - 1]! + 1,
          above[j - 1]! + (word === transcript[j - 1] ? 0 : 1),
        ),
      )
  }
  let best = 0
  for (const [j, cost] of costs.entries()) {
    const less = cost - costs[best]!
    const nearer = Math.abs(j - shown.length) < Math.abs(best - shown.length)
    if (less < 0 || (less === 0 && nearer)) best = j
  }
  return best
}

/**
 * Aligns two lists of words by their longest common subsequence. Returns for
 * each word of `to` its index in `from`, or -1.
 */
export const alignWords = (
  from: readonly string[],
  to: readonly string[],
): number[] => {
  const width = to.length + 1
  const lengths = new Uint16Array((from.length + 1) * width)
  for (let i = from.length - 1; i >= 0; i--)
    for (let j = to.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        from[i] === to[j]
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!)
  const like = to.map(() => -1)
  for (let i = 0, j = 0; i < from.length && j < to.length;)
    if (from[i] === to[j]) like[j++] = i++
    else if (lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!) i++
    else j++
  return like
}
