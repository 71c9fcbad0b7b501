import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isEnglish } from '../clip-folder.ts'
import { packageRoot } from '../machine.ts'
import { alignWords, type ErrorCounts } from '../word-errors.ts'
import { englishNumbers } from './english-numbers.ts'

/** Letters with something on them that Unicode does not take apart. */
const wholeLetters: Readonly<Record<string, string>> = {
  œ: 'oe',
  Œ: 'OE',
  ø: 'o',
  Ø: 'O',
  æ: 'ae',
  Æ: 'AE',
  ß: 'ss',
  ẞ: 'SS',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  þ: 'th',
  Þ: 'th',
  ł: 'l',
  Ł: 'L',
}

/** Without what stands in brackets of any kind, which nobody says. */
const withoutAsides = (text: string): string =>
  text.replaceAll(/[<[][^>\]]*[>\]]/gu, '').replaceAll(/\([^)]+?\)/gu, '')

/**
 * Letters without what is on them; a space for marks, signs and punctuation.
 *
 * @param kept signs that stay
 */
const withoutMarks = (text: string, kept: string): string => {
  const plain = (sign: string): string =>
    kept.includes(sign) ? sign : /\p{Mn}/u.test(sign) ? '' : ' '
  return text
    .normalize('NFKD')
    .replaceAll(/[\p{M}\p{S}\p{P}]/gu, plain)
    .replaceAll(/[œŒøØæÆßẞđĐðÐþÞłŁ]/gu, letter => wholeLetters[letter]!)
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/**
 * Text of any language as it is compared: no case, no punctuation, nothing in
 * brackets; letters keep what is on them. By the rules of
 * `BasicTextNormalizer` of openai/whisper (whisper/normalizers/basic.py,
 * v20250625, MIT).
 *
 * @param letters whether each letter is a word of its own, for languages that
 *   put no spaces between words
 */
export const basicText = (text: string, letters: boolean): string => {
  const plain = withoutAsides(text.toLowerCase())
    .normalize('NFKC')
    .replaceAll(/[\p{M}\p{S}\p{P}]/gu, ' ')
    .toLowerCase()
  const apart = letters
    ? Array.from(graphemes.segment(plain), ({ segment }) => segment).join(' ')
    : plain
  return apart.replaceAll(/\s+/g, ' ')
}

/** What is written out, in this order; an apostrophe may stand before. */
const spoken: readonly (readonly [string, string])[] = [
  ["won't", 'will not'],
  ["can't", 'can not'],
  ["let's", 'let us'],
  ["ain't", 'aint'],
  ["y'all", 'you all'],
  ['wanna', 'want to'],
  ['gotta', 'got to'],
  ['gonna', 'going to'],
  ["i'ma", 'i am going to'],
  ['imma', 'i am going to'],
  ['woulda', 'would have'],
  ['coulda', 'could have'],
  ['shoulda', 'should have'],
  ["ma'am", 'madam'],
]

const titles =
  'mr mister, mrs missus, st saint, dr doctor, prof professor, ' +
  'capt captain, gov governor, ald alderman, gen general, sen senator, ' +
  'rep representative, pres president, rev reverend, hon honorable, ' +
  'asst assistant, assoc associate, lt lieutenant, col colonel, jr junior, ' +
  'sr senior, esq esquire'

const endings: readonly (readonly [string, string])[] = [
  ["'d been", ' had been'],
  ["'s been", ' has been'],
  ["'d gone", ' had gone'],
  ["'s gone", ' has gone'],
  ["'d done", ' had done'],
  ["'s got", ' has got'],
  ["n't", ' not'],
  ["'re", ' are'],
  ["'s", ' is'],
  ["'d", ' would'],
  ["'ll", ' will'],
  ["'t", ' not'],
  ["'ve", ' have'],
  ["'m", ' am'],
]

const alone = (word: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}_])${word}(?![\\p{L}\\p{N}_])`, 'gu')

const replacers: readonly (readonly [RegExp, string])[] = [
  [alone('(?:hmm|mm|mhm|mmm|uh|um)'), ''],
  [/\s+'/g, "'"],
  ...spoken.map(([from, to]) => [alone(from), to] as const),
  ...titles.split(', ').map(title => {
    const [from, to] = title.split(' ')
    return [alone(from!), `${to} `] as const
  }),
  ...endings.map(
    ([from, to]) =>
      [new RegExp(`${from}(?![\\p{L}\\p{N}_])`, 'gu'), to] as const,
  ),
  [/(\p{Nd}),(\p{Nd})/gu, '$1$2'],
  // Of points only those in numbers are left.
  [/\.([^0-9]|$)/gu, ' $1'],
]

const leftovers: readonly (readonly [RegExp, string])[] = [
  [/[.$¢€£]([^0-9])/gu, ' $1'],
  [/([^0-9])%/gu, '$1 '],
  [/\s+/g, ' '],
]

const replaced = (
  text: string,
  rules: readonly (readonly [RegExp, string])[],
): string => rules.reduce((text, [from, to]) => text.replaceAll(from, to), text)

let spellings: ReadonlyMap<string, string> | undefined

/** British spellings and their American ones: see NOTICE. */
const readSpellings = (): ReadonlyMap<string, string> => {
  const path = join(packageRoot, 'assets/english-spellings.json')
  const json = readFileSync(path, 'utf8')
  return new Map(Object.entries(JSON.parse(json) as Record<string, string>))
}

/** Words that have an American spelling, in it; others as they are. */
export const americanSpelling = (text: string): string => {
  const known = (spellings ??= readSpellings())
  return text
    .split(/\s+/)
    .filter(Boolean)
    .map(word => known.get(word) ?? word)
    .join(' ')
}

/**
 * English as it is compared: no case, no punctuation, no hesitation, nothing
 * in brackets; contractions and titles written out, numbers in digits,
 * American spelling. By the rules of `EnglishTextNormalizer` of openai/whisper
 * (whisper/normalizers/english.py, v20250625, MIT), so that figures can stand
 * beside published ones.
 */
export const englishText = (text: string): string => {
  const plain = replaced(withoutAsides(text.toLowerCase()), replacers)
  const letters = withoutMarks(plain, '.%$¢€£')
  return replaced(americanSpelling(englishNumbers(letters)), leftovers)
}

/**
 * Languages that put no spaces between words: what is compared is letters, as
 * Radford et al. 2022 (appendix C) do for those of FLEURS.
 */
const unspaced = new Set(['zh', 'yue', 'ja', 'th', 'lo', 'my'])

/**
 * The words by which a text is scored, wherever a word error rate is told:
 * after Whisper's normaliser for English, and its basic one for others. A point
 * that these leave at an end is no word.
 *
 * @param language a code such as `en` or `de-CH`
 */
export const scoredWords = (text: string, language: string): string[] => {
  const [code] = language.toLowerCase().split(/[-_]/)
  const plain = isEnglish(language)
    ? englishText(text)
    : basicText(text, unspaced.has(code!))
  return plain.split(/\s+/).filter(word => /[\p{L}\p{N}]/u.test(word))
}

/**
 * Errors in the words of what was heard: the one definition behind every word
 * error rate that is told.
 *
 * @param language a code; default `en`
 */
export const textErrors = (
  reference: string,
  heard: string,
  language = 'en',
): ErrorCounts => {
  const { heardAt: _, ...counts } = alignWords(
    scoredWords(reference, language),
    scoredWords(heard, language),
  )
  return counts
}
