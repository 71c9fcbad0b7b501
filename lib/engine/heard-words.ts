import type { Decoding, Token } from './moonshine.ts'
import { detokenize, startsWord } from './vocabulary.ts'

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

/** Words of what was decoded; what prints as nothing is no word. */
export const wordsIn = ({ tokens, next }: Decoding): HeardWord[] => {
  const groups: Token[][] = []
  for (const token of tokens) {
    const last = groups.at(-1)
    if (!last || startsWord(token.id)) groups.push([token])
    else last.push(token)
  }
  return groups
    .map((group, index) => {
      const ids = group.map(({ id }) => id)
      return {
        text: detokenize(ids),
        ids,
        logprob: Math.min(...group.map(({ logprob }) => logprob)),
        end: (groups[index + 1]?.[0] ?? next).after,
      }
    })
    .filter(({ text }) => text !== '')
}

/** What they say, in one line. */
export const textOf = (words: readonly HeardWord[]): string =>
  words.map(({ text }) => text).join(' ')
