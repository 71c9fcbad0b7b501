import { alignWords, type ErrorCounts } from '../align-words.ts'
import { scoredWords } from './scored-words.ts'

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
