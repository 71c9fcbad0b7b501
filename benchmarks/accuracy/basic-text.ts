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
export const withoutAsides = (text: string): string =>
  text.replaceAll(/[<[][^>\]]*[>\]]/gu, '').replaceAll(/\([^)]+?\)/gu, '')

/**
 * Letters without what is on them; a space for marks, signs and punctuation.
 *
 * @param kept signs that stay
 */
export const withoutMarks = (text: string, kept: string): string => {
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
