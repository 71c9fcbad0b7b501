import { eastAsianWidth } from 'get-east-asian-width'
import type { CaptionProfile } from '../profiles.ts'

let segmenter: Intl.Segmenter | undefined

/** Created lazily: the first segmenter of a process is slow. */
const byGrapheme = (): Intl.Segmenter =>
  (segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' }))

/**
 * Single code units that never combine: Latin, Greek, Cyrillic, Hebrew, Arabic.
 */
const narrow =
  /^[\t\n\u0020-\u02ff\u0370-\u0482\u048a-\u052f\u05d0-\u05ea\u0620-\u064a\u2010-\u2027\u2030-\u203a]*$/
/** The same for Chinese, Japanese and Korean, all wide. */
const wide =
  /^[\u3001-\u3029\u3041-\u3096\u309b-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]*$/

const isSimple = (text: string): boolean => narrow.test(text) || wide.test(text)

/** Code units per call: V8's segmenter takes quadratic time. */
const segmentedAtOnce = 1024

const isHighSurrogate = (unit: number): boolean => (unit & 0xfc00) === 0xd800

/** Returns the segments of a text of any length. */
export const segmentsOf = (text: string, by: Intl.Segmenter): string[] => {
  const all: string[] = []
  let start = 0
  let size = segmentedAtOnce
  for (;;) {
    let end = start + size
    if (isHighSurrogate(text.charCodeAt(end - 1))) end++
    const segments = Array.from(
      by.segment(text.slice(start, end)),
      ({ segment }) => segment,
    )
    // The last may be incomplete and is segmented again.
    if (end < text.length) segments.pop()
    for (const segment of segments) {
      all.push(segment)
      start += segment.length
    }
    if (end >= text.length) return all
    size = segments.length > 0 ? segmentedAtOnce : size * 2
  }
}

export const graphemesOf = (text: string): string[] =>
  isSimple(text) ? text.split('') : segmentsOf(text, byGrapheme())

/** Length of a text in user-perceived characters. */
export const lengthOf = (text: string): number =>
  isSimple(text) ? text.length : graphemesOf(text).length

const emoji = /^\p{Emoji_Presentation}|\ufe0f|^\p{Regional_Indicator}{2}/u

const columnsOf = (grapheme: string): number =>
  emoji.test(grapheme) ? 2 : eastAsianWidth(grapheme.codePointAt(0)!)

/**
 * Width of a text in columns: two for emoji and wide characters (Unicode's East
 * Asian Width), one for other user-perceived characters.
 */
export const widthOf = (text: string): number => {
  if (narrow.test(text)) return text.length
  if (wide.test(text)) return 2 * text.length
  return graphemesOf(text).reduce((sum, one) => sum + columnsOf(one), 0)
}

type TextSize = {
  /** User-perceived characters, including spaces. */
  readonly length: number
  readonly words: number
}

/** Time in ms to read a text at a profile's reading speed. */
export const readingTime = (
  { length, words }: TextSize,
  {
    maxCharsPerSecond = Infinity,
    maxWordsPerMinute = Infinity,
  }: CaptionProfile,
): number =>
  Math.max(
    (length / maxCharsPerSecond) * 1000,
    (words / maxWordsPerMinute) * 60_000,
  )

/** Measures the lines of a cue; a line break counts as a space. */
export const sizeOf = (lines: readonly string[]): TextSize => {
  const text = lines.join(' ')
  const words = text.split(' ').filter(word => word !== '').length
  return { length: lengthOf(text), words }
}

/** Spaces and line breaks, except no-break spaces. */
const spaces =
  /[\t\n\v\f\r \u0085\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]+/gu

/** Control characters except spaces, and byte order marks. */
const controls = /(?![\t-\r\u0085])\p{Cc}|\ufeff/gu

export const isVisible = (text: string): boolean =>
  /[^\s\u200b-\u200f\u2060-\u2064]/u.test(text)

/**
 * Returns a text as one line that is safe in every caption format. White space
 * and line breaks (also CR, NEL, U+2028) become one space; other control
 * characters and byte order marks are dropped; unpaired surrogates become
 * U+FFFD. No-break spaces and direction marks stay, so terminals need a filter
 * of their own.
 */
export const cleanText = (text: string): string => {
  const clean = text
    .replace(controls, '')
    .replace(spaces, ' ')
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .trim()
  return isVisible(clean) ? clean : ''
}
