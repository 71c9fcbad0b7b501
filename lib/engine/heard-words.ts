/** One word as the decoder heard it. */
export type HeardWord = {
  /** With its punctuation. */
  readonly text: string
  /** Token ids, to be given to the decoder as a draft. */
  readonly ids: readonly number[]
  /** Natural logarithm of the probability of its least certain token. */
  readonly logprob: number
  /** Where it ended, in samples of the audio decoded. */
  readonly end: number
}

/** What they say, in one line. */
export const textOf = (words: readonly HeardWord[]): string =>
  words.map(({ text }) => text).join(' ')
