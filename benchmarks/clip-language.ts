import { OptionError } from 'voxpipe'

/**
 * Returns the language of a code such as `de`, `pt-BR` or `deu`, in its
 * shortest form.
 *
 * @throws {OptionError} for what is no such code
 */
export const languageOf = (code: string): string => {
  const usable = /^[a-z]{2,3}(?:[-_][a-z\d]{2,8})*$/i.test(code)
  try {
    if (usable) return new Intl.Locale(code.replaceAll('_', '-')).language
  } catch {
    // Reported below.
  }
  throw new OptionError(
    'language',
    `must be a code such as 'en', 'de' or 'pt-BR', got '${code}'`,
  )
}

/** Whether a language is English: `en`, `en-…`, `eng` or `english`. */
export const isEnglish = (language: string): boolean => {
  if (language.toLowerCase() === 'english') return true
  try {
    return languageOf(language) === 'en'
  } catch {
    return false
  }
}
