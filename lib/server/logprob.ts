import type { Word } from '../core/transcript-event.ts'

/** Smallest probability, since they have three decimals. */
const LEAST = 0.0005

/** Log probability of a word, if it is known. */
export const logprobOf = ({ probability }: Word): number | undefined =>
  probability === undefined ? undefined : Math.log(Math.max(LEAST, probability))

/**
 * Log probabilities of the pieces of a text, undefined where unknown. A piece
 * is one word, or several without a space between them.
 * @param words of the same text
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

/** Returns the log probabilities if all of them are known. */
export const allKnown = (
  logprobs: readonly (number | undefined)[],
): readonly number[] | undefined =>
  logprobs.every(one => one !== undefined) ? logprobs : undefined
