import type { Word } from '../core/transcript-event.ts'

/** Probabilities come with three decimals: none is less likely than this. */
const LEAST = 0.0005

/** Natural logarithm of how likely a word is; undefined if that is not known. */
export const logprobOf = ({ probability }: Word): number | undefined =>
  probability === undefined ? undefined : Math.log(Math.max(LEAST, probability))

/**
 * Natural logarithms of how likely the pieces of a text are. A piece has one
 * word, or several that no space stands between.
 *
 * @param words of the same text
 * @returns undefined for each piece whose likelihood is not known
 */
export const logprobsIn = (
  pieces: readonly string[],
  words: readonly Word[],
): (number | undefined)[] => {
  let next = 0
  return pieces.map(piece => {
    const text = piece.trim()
    const first = next
    let length = 0
    while (length < text.length && next < words.length)
      length += words[next++]!.text.length
    const its = words.slice(first, next)
    if (its.map(word => word.text).join('') !== text) return undefined
    return its
      .map(logprobOf)
      .reduce(
        (sum, one) =>
          sum === undefined || one === undefined ? undefined : sum + one,
        0,
      )
  })
}

/** The same of a whole text; undefined unless all of them are known. */
export const allKnown = (
  logprobs: readonly (number | undefined)[],
): readonly number[] | undefined =>
  logprobs.every(one => one !== undefined) ? logprobs : undefined
