import { diffArrays } from 'diff/lib/diff/array.js'
import {
  multipliers,
  smallNumbers,
  negations,
  opposites,
  reversals,
} from './serious-words.ts'

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

/** What a turn's final adds to what its deltas showed. */
type LiveCorrection = {
  /** To be appended as a delta is: what was not shown yet. */
  readonly rest: string
  /** The right words, for each serious error. */
  readonly corrections: readonly string[]
}

/** More differences than this are another text, not a mistake here and there. */
const maxEdits = 500

/** A word in letters and digits, for comparisons. */
const keyOf = (word: string): string =>
  word
    .normalize('NFKC')
    .toLowerCase()
    .replace(/['’]s$/u, '')
    .replaceAll(/[^\p{L}\p{N}\p{M}.]+/gu, '')
    .replaceAll(/(?<!\d)\.|\.(?!\d)/g, '')

/** The end of a text: the patterns of ends are not linear. */
const endOf = (text: string): string => text.slice(-20)

type SaidWord = {
  readonly text: string
  readonly key: string
  /** Whether it is written as a name within its sentence. */
  readonly isName: boolean
}

const self = /^I(?:['’]\w+)?\W*$/u
const acronym = /^\p{Lu}{2,}/u
const capital = /^[^\p{L}\p{N}]*\p{Lu}/u
const endsSentence = /[.!?…]["'”’)\]]*$/u
const trailing = /[.,?!;:…]+["”’)\]]*$/u

const wordsOf = (text: string): SaidWord[] => {
  const words: SaidWord[] = []
  let opens = true
  for (const word of text.split(' ')) {
    const key = keyOf(word)
    const isName =
      acronym.test(word) || (!opens && capital.test(word) && !self.test(word))
    opens = endsSentence.test(endOf(word)) || (opens && key === '')
    if (key !== '') words.push({ text: word, key, isName })
  }
  return words
}

const namesIn = (words: readonly SaidWord[], others: readonly SaidWord[]) =>
  words
    .filter(({ isName }) => isName)
    .filter(({ key }) => others.every(other => other.key !== key))

const isNegation = ({ text, key }: SaidWord): boolean =>
  negations.has(key) || /n['’]t\W*$/iu.test(endOf(text))

const isReversed = (a: string, b: string): boolean =>
  reversals.some(({ prefix, stems }) =>
    [
      [a, b],
      [b, a],
    ].some(
      ([stem, whole]) =>
        whole === prefix + stem! &&
        stem!.length > 3 &&
        (stems?.has(stem!) ?? true),
    ),
  )

const isOpposite = (a: string, b: string): boolean =>
  a !== b &&
  (isReversed(a, b) ||
    opposites.some(group => group.includes(a) && group.includes(b)))

const pronoun = 'one'

const digitsOf = (words: readonly SaidWord[]): string =>
  digitsIn(words.flatMap(({ text }) => text.split(/[-–]/u).map(keyOf)))

/** Whether other words in place of some make a serious error of those. */
const isSerious = (
  shown: readonly SaidWord[],
  right: readonly SaidWord[],
): boolean => {
  const [before, after] = [digitsOf(shown), digitsOf(right)]
  const both = [...shown, ...right]
  const isPronoun = both.some(({ key }) => key === pronoun)
  if (before !== after && !(isPronoun && before + after === '1')) return true
  const denials = shown.filter(isNegation).length
  if (denials !== right.filter(isNegation).length) return true
  if (namesIn(shown, right).length + namesIn(right, shown).length > 0)
    return true
  return shown.some(a => right.some(b => isOpposite(a.key, b.key)))
}

/** Where words of the final stand in place of words shown. */
type Change = {
  readonly shown: readonly SaidWord[]
  readonly from: number
  readonly to: number
}

/** The words to say of a change: whole numbers, and no word without another. */
const rangeOf = (
  { shown, from, to }: Change,
  final: readonly SaidWord[],
): { from: number; to: number } => {
  if (shown.length === 0 || from === to)
    return { from: Math.max(0, from - 1), to: Math.min(final.length, to + 1) }
  const isNumber = (i: number): boolean =>
    final[i] !== undefined && isNumberWord(final[i].key)
  // how far the number goes on from a word of it: `hundred and two`
  const step = (i: number, by: number): number =>
    isNumber(i + by)
      ? by
      : final[i + by]?.key === 'and' && isNumber(i + 2 * by)
        ? 2 * by
        : 0
  const range = { from, to }
  if (isNumber(from))
    for (let by; (by = step(range.from, -1)) !== 0;) range.from += by
  if (isNumber(to - 1))
    for (let by; (by = step(range.to - 1, 1)) !== 0;) range.to += by
  return range
}

const changesIn = (
  shown: readonly SaidWord[],
  final: readonly SaidWord[],
): { changes: Change[]; end: number } | undefined => {
  const hunks = diffArrays(
    shown.map(({ key }) => key),
    final.map(({ key }) => key),
    { maxEditLength: maxEdits },
  )
  if (!hunks) return undefined
  const changes: Change[] = []
  let [i, from] = [0, 0]
  let [removed, added] = [0, 0]
  const flush = (isLast: boolean): void => {
    // at the end, words beyond those in place of shown ones are new
    const to = from + (isLast ? Math.min(removed, added) : added)
    if (removed + (to - from) > 0)
      changes.push({ shown: shown.slice(i, i + removed), from, to })
    i += removed
    from = to
    removed = 0
    added = 0
  }
  for (const { count, added: isNew, removed: isOld } of hunks)
    if (isOld) removed += count
    else if (isNew) added += count
    else {
      flush(false)
      i += count
      from += count
    }
  flush(true)
  return { changes, end: from }
}

const closingOf = (text: string): string =>
  trailing.exec(endOf(text))?.[0] ?? ''

const textOf = (words: readonly SaidWord[]): string =>
  words.map(({ text }) => text).join(' ')

/**
 * How a final is shown whose turn has been shown by deltas: by the live rule of
 * the BBC's subtitle guidelines (section 21), only serious errors are corrected.
 * Those are, by a diff of the words: a number, a negation or a name that is
 * another, or a word in place of its opposite. `25` and `twenty-five` are the
 * same number. The lists of words are English. What the final has behind all
 * that was shown is to be appended; words that are missing elsewhere, and no
 * serious error, are not shown.
 *
 * @param shown the text that the deltas made, cleaned
 * @param final the final's text, cleaned
 */
export const liveCorrection = (
  shown: string,
  final: string,
): LiveCorrection => {
  if (final.startsWith(shown))
    return { rest: final.slice(shown.length), corrections: [] }
  const [before, after] = [wordsOf(shown), wordsOf(final)]
  const found = changesIn(before, after)
  if (!found) {
    const rest = textOf(after.slice(before.length))
    return { rest: rest && ` ${rest}`, corrections: [] }
  }
  const ranges: { from: number; to: number }[] = []
  for (const change of found.changes) {
    const right = after.slice(change.from, change.to)
    if (!isSerious(change.shown, right)) continue
    const range = rangeOf(change, after)
    // what follows a correction at the end is read with it
    if (change.to === found.end) range.to = after.length
    const last = ranges.at(-1)
    if (last && last.to >= range.from) last.to = Math.max(last.to, range.to)
    else if (range.to > range.from) ranges.push(range)
  }
  const corrections = ranges.map(({ from, to }) => {
    const text = textOf(after.slice(from, to))
    return text.slice(0, text.length - closingOf(text).length)
  })
  const rest = textOf(after.slice(Math.max(found.end, ranges.at(-1)?.to ?? 0)))
  if (rest) return { rest: ` ${rest}`, corrections }
  const isClosed = closingOf(shown) !== ''
  const isLast = before.at(-1)?.key === after.at(-1)?.key
  const closing = isClosed || !isLast ? '' : closingOf(final)
  return { rest: closing, corrections }
}
