import { NumberReader } from './number-reader.ts'
import { numberWords } from './number-words.ts'

/** A half is said behind a number that it can be added to. */
const takesHalf = (word: string): boolean => {
  const known = numberWords.get(word)
  return (
    known !== undefined &&
    ['zero', 'unit', 'ten', 'multiplier'].includes(known.is)
  )
}

/** `three and a half` is three point five. */
const withHalves = (text: string): string => {
  const parts = text.split(/(?<![\p{L}\p{N}_])and\s+a\s+half(?![\p{L}\p{N}_])/u)
  const last = parts.pop()!
  const halves = parts.flatMap(part => {
    const word = part.trim().split(/\s+/).at(-1)
    if (!word) return []
    return [part, takesHalf(word) ? 'point five' : 'and a half']
  })
  return [...halves, ...(last.trim() === '' ? [] : [last])].join(' ')
}

/** Letters and digits apart, but for those that belong to a number. */
const withGaps = (text: string): string =>
  text
    .replaceAll(/([a-z])([0-9])/g, '$1 $2')
    .replaceAll(/([0-9])([a-z])/g, '$1 $2')
    .replaceAll(/([0-9])\s+(st|nd|rd|th|s)(?![\p{L}\p{N}_])/gu, '$1$2')

/** Cents as part of what is before them, or alone; `one` as a word. */
const withCents = (text: string): string =>
  text
    .replaceAll(
      /([€£$])([0-9]+) (?:and )?¢([0-9]{1,2})(?![\p{L}\p{N}_])/gu,
      (_, currency: string, whole: string, cents: string) =>
        `${currency}${whole}.${cents.padStart(2, '0')}`,
    )
    // Any character for the point, as in the source.
    .replaceAll(
      /[€£$]0.([0-9]{1,2})(?![\p{L}\p{N}_])/gu,
      (_, cents: string) => `¢${Number(cents)}`,
    )
    .replaceAll(/(?<![\p{L}\p{N}_])1(s?)(?![\p{L}\p{N}_])/gu, 'one$1')

/**
 * English numbers in digits: `twenty one dollars` is `$21`, `nineteen fifties`
 * is `1950s`, `double oh seven` is `007`; `one` stays a word. By the rules of
 * openai/whisper, as {@link NumberReader}. Digits are those of ASCII.
 *
 * @param text lower case
 */
export const englishNumbers = (text: string): string => {
  const words = withGaps(withHalves(text)).split(/\s+/).filter(Boolean)
  return withCents(new NumberReader(words).read().join(' '))
}
