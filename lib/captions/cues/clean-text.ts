/** Where a line may break, and what counts as such: not the no-break spaces. */
const spaces =
  /[\t\n\v\f\r \u0085\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]+/gu

/** The controls that are no spaces, and byte order marks wherever they stand. */
const controls = /(?![\t-\r\u0085])\p{Cc}|\ufeff/gu

/** Whether there is anything to be seen of a text. */
export const isVisible = (text: string): boolean =>
  /[^\s\u200b-\u200f\u2060-\u2064]/u.test(text)

/**
 * A transcript's text as one line that no caption format can trip over: every
 * run of white space or line ends (CR, NEL and U+2028 too) is one space, other
 * control characters and byte order marks are dropped, half a surrogate pair
 * becomes U+FFFD. No-break spaces stay, and so do direction marks: files keep
 * right-to-left text as it is, terminals need a filter of their own.
 */
export const cleanText = (text: string): string => {
  const clean = text
    .replace(controls, '')
    .replace(spaces, ' ')
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .trim()
  return isVisible(clean) ? clean : ''
}
