import { eastAsianWidth } from 'get-east-asian-width'

let segmenter: Intl.Segmenter | undefined

/** Made where it is needed: the first one of a process is slow. */
const byGrapheme = (): Intl.Segmenter =>
  (segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' }))

/**
 * Letters and punctuation that never combine, each a code unit: of Latin, Greek,
 * Cyrillic, Hebrew and Arabic.
 */
const narrow =
  /^[\t\n\u0020-\u02ff\u0370-\u0482\u048a-\u052f\u05d0-\u05ea\u0620-\u064a\u2010-\u2027\u2030-\u203a]*$/
/** The same of Chinese, Japanese and Korean: all of them wide. */
const wide =
  /^[\u3001-\u3029\u3041-\u3096\u309b-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]*$/

const isSimple = (text: string): boolean => narrow.test(text) || wide.test(text)

/** Code units segmented at a time: V8's segmenter is quadratic in its input. */
const stretch = 1024

const isHighSurrogate = (unit: number): boolean => (unit & 0xfc00) === 0xd800

/** The segments of a text of any length. */
export const segmentsOf = (text: string, by: Intl.Segmenter): string[] => {
  const all: string[] = []
  let start = 0
  let size = stretch
  for (;;) {
    let end = start + size
    if (isHighSurrogate(text.charCodeAt(end - 1))) end++
    const segments = Array.from(
      by.segment(text.slice(start, end)),
      ({ segment }) => segment,
    )
    // the last may go on after the stretch, so it is read again with what follows
    if (end < text.length) segments.pop()
    for (const segment of segments) {
      all.push(segment)
      start += segment.length
    }
    if (end >= text.length) return all
    size = segments.length > 0 ? stretch : size * 2
  }
}

/** The user-perceived characters of a text. */
export const graphemesOf = (text: string): string[] =>
  isSimple(text) ? text.split('') : segmentsOf(text, byGrapheme())

/** Length of a text in user-perceived characters. */
export const lengthOf = (text: string): number =>
  isSimple(text) ? text.length : graphemesOf(text).length

const emoji = /^\p{Emoji_Presentation}|\ufe0f|^\p{Regional_Indicator}{2}/u

const columnsOf = (grapheme: string): number =>
  emoji.test(grapheme) ? 2 : eastAsianWidth(grapheme.codePointAt(0)!)

/**
 * Width of a text in columns: a user-perceived character takes one, a wide one
 * (by Unicode's East Asian Width, or an emoji) two.
 */
export const widthOf = (text: string): number => {
  if (narrow.test(text)) return text.length
  if (wide.test(text)) return 2 * text.length
  return graphemesOf(text).reduce((sum, one) => sum + columnsOf(one), 0)
}
