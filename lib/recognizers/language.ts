const names = new Intl.DisplayNames('en', { type: 'language' })

/** English name of a language by its code, or the code where it has none. */
export const languageName = (code: string): string => names.of(code) ?? code

/**
 * Whether a language, as a user names it, is one of ISO 639-1: for `en`, it is
 * `en`, `en-…`, `eng` or `english`.
 */
export const isLanguage = (given: string, code: string): boolean => {
  const name = given.toLowerCase()
  if (name === languageName(code).toLowerCase()) return true
  try {
    return new Intl.Locale(name.split(/[-_]/)[0]!).language === code
  } catch {
    return false
  }
}
