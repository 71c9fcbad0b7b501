const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Letters and punctuation that never combine: a code unit is a grapheme. */
const simple = /^[\t\n\u0020-\u02ff\u2010-\u2027\u2030-\u203a]*$/

/** Code units segmented at a time: V8's segmenter is quadratic in its input. */
const stretch = 1024

const segmentsOf = (text: string): string[] =>
  Array.from(segmenter.segment(text), s => s.segment)

const isHighSurrogate = (unit: number): boolean => (unit & 0xfc00) === 0xd800

/** The user-perceived characters of a text. */
export const graphemesOf = (text: string): string[] => {
  if (simple.test(text)) return text.split('')
  const graphemes: string[] = []
  let start = 0
  let size = stretch
  for (;;) {
    let end = start + size
    if (isHighSurrogate(text.charCodeAt(end - 1))) end++
    const segments = segmentsOf(text.slice(start, end))
    // the last may go on after the stretch, so it is read again with what follows
    if (end < text.length) segments.pop()
    for (const segment of segments) {
      graphemes.push(segment)
      start += segment.length
    }
    if (end >= text.length) return graphemes
    size = segments.length > 0 ? stretch : size * 2
  }
}

/** Width of a text in user-perceived characters. */
export const widthOf = (text: string): number =>
  simple.test(text) ? text.length : graphemesOf(text).length
