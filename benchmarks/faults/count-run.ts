import { countNumbers } from 'voxpipe/testing'
import type { HeardNumbers } from '../competitors.ts'
import { placeOf } from './numbered-speech.ts'

/** What came of numbered words. */
export type WordCount = {
  readonly lost: number
  readonly doubled: number
  readonly reordered: number
  readonly broken: number
  readonly told: number
}

/**
 * Counts what came of numbered words, and of which lost ones the reader knows:
 * those in a gap that the transcript states, and, where an error ended it,
 * those after its last word.
 */
export const countRun = (
  texts: readonly string[],
  words: number,
  { gaps, failed }: HeardNumbers,
): WordCount => {
  const count = countNumbers(texts, words)
  const lost = new Set(count.lost)
  let last = words - 1
  while (lost.has(last)) last--
  const isTold = (word: number): boolean => {
    const { start, end } = placeOf(word)
    return (
      (failed && word > last) ||
      gaps.some(gap => gap.start < end && gap.end > start)
    )
  }
  return {
    lost: count.lost.length,
    doubled: count.doubled.length,
    reordered: count.outOfOrder.length,
    broken: count.broken.length,
    told: count.lost.filter(isTold).length,
  }
}
