import { LanguageError, OptionError } from '../core/errors.ts'
import { isLanguage, languageName } from './language.ts'
import type { Recognizer } from './recognizer.ts'

/**
 * Checks that a recogniser can do what is asked of it.
 *
 * @throws LanguageError for a language that it does not know
 * @throws OptionError for keywords that it does not take
 */
export const checkHearing = (
  { model, languages, takesKeywords }: Recognizer,
  language: string | undefined,
  keywords: readonly string[] | undefined,
): void => {
  if (keywords !== undefined) {
    if (
      !Array.isArray(keywords) ||
      keywords.some(one => typeof one !== 'string')
    )
      throw new OptionError('keywords', 'must be a list of texts')
    if (!takesKeywords)
      throw new OptionError(
        'keywords',
        `are not taken by ${model}; leave them out, or use engine: 'openai'`,
      )
  }
  if (language === undefined || !languages) return
  if (languages.some(known => isLanguage(language, known))) return
  const known = new Intl.ListFormat('en').format(languages.map(languageName))
  throw new LanguageError(
    `${model} knows ${known}, not '${language}'; ` +
      'another language needs another engine',
  )
}
