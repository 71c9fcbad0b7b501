import { multipliers, smallNumbers } from './serious-words.ts'

/** Whether a word, in letters and digits alone, is of a number. */
export const isNumberWord = (word: string): boolean =>
  /^\d/.test(word) || smallNumbers.has(word) || multipliers.has(word)

/**
 * The numbers in some words, as digits: the same for `25`, `twenty five` and
 * `two five`, and for `1984` and `nineteen eighty four`. Empty without any.
 *
 * @param words in lower case, without punctuation but for a decimal point
 */
export const digitsIn = (words: readonly string[]): string => {
  let digits = ''
  let sum: number | undefined // of the number that is being said
  let group = 0 // what its thousands, millions, … are still to multiply
  let room = 0 // what may be added to it: less than this
  const flush = (): void => {
    if (sum !== undefined) digits += String(sum + group)
    sum = undefined
    group = 0
  }
  for (const word of words) {
    const small = smallNumbers.get(word)
    const factor = multipliers.get(word)
    if (factor !== undefined) {
      if (sum === undefined) [sum, group] = [0, 1]
      if (factor === 100) group *= factor
      else [sum, group] = [sum + Math.max(1, group) * factor, 0]
      room = factor
    } else if (small !== undefined) {
      if (sum === undefined || small === 0 || small >= room) flush()
      sum ??= 0
      group += small
      room = small >= 20 && small % 10 === 0 ? 10 : 0
    } else if (word !== 'and') {
      flush()
      if (word === 'point') digits += '.'
      else digits += /^\d[\d.]*/.exec(word)?.[0] ?? ''
    }
  }
  flush()
  return /\d/.test(digits) ? digits : ''
}
