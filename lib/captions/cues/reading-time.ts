import { lengthOf } from './graphemes.ts'
import type { CaptionProfile } from '../profiles.ts'

/** How much there is to read. */
export type Reading = {
  /** User-perceived characters, spaces counted. */
  readonly length: number
  readonly words: number
}

/** How long in ms a text must stay for a profile's reading speed. */
export const readingTime = (
  { length, words }: Reading,
  {
    maxCharsPerSecond = Infinity,
    maxWordsPerMinute = Infinity,
  }: CaptionProfile,
): number =>
  Math.max(
    (length / maxCharsPerSecond) * 1000,
    (words / maxWordsPerMinute) * 60_000,
  )

/** What there is to read in the lines of a cue; a line's end is a space. */
export const readingOf = (lines: readonly string[]): Reading => {
  const text = lines.join(' ')
  const words = text.split(' ').filter(word => word !== '').length
  return { length: lengthOf(text), words }
}
