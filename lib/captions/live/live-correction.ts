import { diffArrays } from 'diff/lib/diff/array.js'

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

const set = (words: string): ReadonlySet<string> =>
  new Set(words.split(/\s+/).map(word => word.replaceAll("'", '')))

/** Negations, besides words that end in `n't`. */
const negations = set(
  'no not never none nobody nothing nowhere neither nor without cannot ' +
    'hardly barely scarcely unless except',
)

/** Groups of words that reverse the meaning in place of each other. */
const opposites = (
  'yes no, he she, him her, his hers, man woman, men women, ' +
  'more less fewer, most least, all none some, always never sometimes, ' +
  'before after, since until, up down, in out, inside outside, into from, ' +
  'on off, over under, above below, left right, north south east west, ' +
  'northern southern eastern western, high low, higher lower, hot cold, ' +
  'first last, early late, earlier later, old new young, good bad, ' +
  'better worse, best worst, big small, major minor, maximum minimum, ' +
  'true false, right wrong, guilty innocent, safe dangerous, dead alive, ' +
  'live die, lives dies, lived died, open closed shut, win lose, ' +
  'wins loses, won lost, buy sell, bought sold, rise fall, rises falls, ' +
  'rose fell, rising falling, profit loss, for against, with without, ' +
  'accept except reject, accepted rejected, increase decrease, ' +
  'increases decreases, increased decreased, increasing decreasing, ' +
  'allow forbid, allows forbids, allowed forbidden banned, start end stop, ' +
  'starts ends stops, started ended stopped, love hate, loves hates, ' +
  'loved hated, attack defend, attacked defended, confirm deny, ' +
  'confirmed denied, affirmative negative positive, ' +
  'today tomorrow yesterday tonight, ' +
  'monday tuesday wednesday thursday friday saturday sunday, ' +
  'january february march april may june july august september october november december, ' +
  'second minute hour day week month year decade century, ' +
  'seconds minutes hours days weeks months years decades centuries, ' +
  'milligram gram kilogram ton, milligrams grams kilograms tons, ' +
  'inch foot yard mile metre meter kilometre kilometer, ' +
  'inches feet yards miles metres meters kilometres kilometers, ' +
  'cents dollars pounds euros pence'
)
  .split(', ')
  .map(group => group.split(' '))

/** Prefixes that reverse a word, with the words if only some. */
const reversals: readonly {
  readonly prefix: string
  readonly stems?: ReadonlySet<string>
}[] = [
  { prefix: 'un' },
  { prefix: 'dis' },
  { prefix: 'non' },
  { prefix: 'il' },
  { prefix: 'ir' },
  {
    prefix: 'in',
    stems: set(
      'ability active accurate adequate appropriate capable complete ' +
        'consistent correct dependent direct effective eligible formal ' +
        'secure sane sufficient valid visible',
    ),
  },
  {
    prefix: 'im',
    stems: set(
      'possible proper mature moral patient perfect personal polite ' +
        'practical probable mortal',
    ),
  },
]

type LiveCorrection = {
  /** Text to append that was not shown yet. */
  readonly rest: string
  /** Correct words for each serious error. */
  readonly corrections: readonly string[]
}

/** With more differences, the texts are unrelated. */
const maxEdits = 500

/** Returns a word in the form in which words are compared. */
const keyOf = (word: string): string =>
  word
    .normalize('NFKC')
    .toLowerCase()
    .replace(/['’]s$/u, '')
    .replaceAll(/[^\p{L}\p{N}\p{M}.]+/gu, '')
    .replaceAll(/(?<!\d)\.|\.(?!\d)/g, '')

/** The patterns of ends are not linear. */
const endOf = (text: string): string => text.slice(-20)

type ComparedWord = {
  readonly text: string
  readonly key: string
  /** Whether it is written as a name inside its sentence. */
  readonly isName: boolean
}

const self = /^I(?:['’]\w+)?\W*$/u
const acronym = /^\p{Lu}{2,}/u
const capital = /^[^\p{L}\p{N}]*\p{Lu}/u
const endsSentence = /[.!?…]["'”’)\]]*$/u
const trailing = /[.,?!;:…]+["”’)\]]*$/u

const wordsOf = (text: string): ComparedWord[] => {
  const words: ComparedWord[] = []
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

const namesIn = (
  words: readonly ComparedWord[],
  others: readonly ComparedWord[],
) =>
  words
    .filter(({ isName }) => isName)
    .filter(({ key }) => others.every(other => other.key !== key))

const isNegation = ({ text, key }: ComparedWord): boolean =>
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

const digitsOf = (words: readonly ComparedWord[]): string =>
  digitsIn(words.flatMap(({ text }) => text.split(/[-–]/u).map(keyOf)))

const isSerious = (
  shown: readonly ComparedWord[],
  right: readonly ComparedWord[],
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

type Change = {
  readonly shown: readonly ComparedWord[]
  readonly from: number
  readonly to: number
}

/** Returns the range of words to show: whole numbers, and no word alone. */
const rangeOf = (
  { shown, from, to }: Change,
  final: readonly ComparedWord[],
): { from: number; to: number } => {
  if (shown.length === 0 || from === to)
    return { from: Math.max(0, from - 1), to: Math.min(final.length, to + 1) }
  const isNumber = (i: number): boolean =>
    final[i] !== undefined && isNumberWord(final[i].key)
  // Distance to the next word of a number: `hundred and two`.
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
  shown: readonly ComparedWord[],
  final: readonly ComparedWord[],
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
    // At the end, words beyond the replaced ones are new.
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

const textOf = (words: readonly ComparedWord[]): string =>
  words.map(({ text }) => text).join(' ')

/**
 * Compares a final with the text shown by deltas. By the live rule of the BBC's
 * subtitle guidelines (section 21), only serious errors are corrected: a
 * different number, negation or name, or a word in place of its opposite, in a
 * diff of the words. `25` and `twenty-five` are the same number. The word lists
 * are English. Text after the shown text is appended; other missing words are
 * omitted unless they are serious errors.
 * @param shown clean text of the deltas
 * @param final clean text of the final
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
    // Text after a correction at the end is shown with it.
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
