import { isEnglish } from '../clip-language.ts'
import { alignWords, type ErrorCounts } from '../word-errors.ts'
import { basicText, englishText } from './whisper-text.ts'

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
