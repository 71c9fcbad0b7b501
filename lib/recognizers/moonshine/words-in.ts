import type { RecognizedWord } from '../recognizer.ts'
import type { Decoding, Token } from './moonshine.ts'
import { detokenize, startsWord } from './vocabulary.ts'

/** Words of what was decoded; what prints as nothing is no word. */
export const wordsIn = ({ tokens, next }: Decoding): RecognizedWord[] => {
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
        tokens: ids,
        probability: Math.exp(Math.min(...group.map(({ logprob }) => logprob))),
        end: (groups[index + 1]?.[0] ?? next).after,
      }
    })
    .filter(({ text }) => text !== '')
}
