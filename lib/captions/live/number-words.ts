const numbered = (words: string, from: number, step = 1): [string, number][] =>
  words.split(' ').map((word, i) => [word, from + i * step])

const smallNumbers: ReadonlyMap<string, number> = new Map([
  ...numbered('zero one two three four five six seven eight nine ten', 0),
  ...numbered('eleven twelve thirteen fourteen fifteen sixteen', 11),
  ...numbered('seventeen eighteen nineteen', 17),
  ...numbered('twenty thirty forty fifty sixty seventy eighty ninety', 20, 10),
  ...numbered('first second third fourth fifth sixth seventh eighth', 1),
  ...numbered('ninth tenth eleventh twelfth thirteenth fourteenth', 9),
  ...numbered('fifteenth sixteenth seventeenth eighteenth nineteenth', 15),
  ...numbered('twentieth thirtieth fortieth fiftieth sixtieth', 20, 10),
])

const multipliers: ReadonlyMap<string, number> = new Map([
  ['hundred', 1e2],
  ['thousand', 1e3],
  ['million', 1e6],
  ['billion', 1e9],
  ['trillion', 1e12],
])

export const isNumberWord = (word: string): boolean =>
  /^\d/.test(word) || smallNumbers.has(word) || multipliers.has(word)

/**
 * Returns the numbers in words as digits: the same for `25`, `twenty five` and
 * `two five`, and for `1984` and `nineteen eighty four`. Empty without numbers.
 * @param words in lower case, without punctuation except decimal points
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
