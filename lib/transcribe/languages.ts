import { OptionError } from '../core/errors.ts'

/**
 * Languages that OpenAI's guide lists as supported: those with fewer than half
 * of the words wrong.
 */
const supported = new Set(
  (
    'af ar hy az be bs bg ca zh hr cs da nl en et fi fr gl de el he hi hu is ' +
    'id it ja kn kk ko lv lt mk ms mr mi ne nb nn no fa pl pt ro ru sr sk sl ' +
    'es sw sv fil ta th tr uk ur vi cy'
  ).split(' '),
)

/**
 * The language of a code such as `de`, `pt-BR` or `deu`, in its shortest form.
 *
 * @throws {OptionError} for what is no such code
 */
export const languageOf = (code: string): string => {
  const usable = /^[a-z]{2,3}(?:[-_][a-z\d]{2,8})*$/i.test(code)
  try {
    if (usable) return new Intl.Locale(code.replaceAll('_', '-')).language
  } catch {
    // Told below.
  }
  throw new OptionError(
    'language',
    `must be a code such as 'en', 'de' or 'pt-BR', got '${code}'`,
  )
}

/** Whether nobody has said how well models understand a language. */
export const isRareLanguage = (language: string): boolean =>
  !supported.has(language)

/**
 * A language as OpenAI's models take it: without region, but for the kinds of
 * Chinese that those know which take several languages.
 *
 * @throws {OptionError} for what is no code of a language
 */
export const languageForOpenAI = (code: string, several: boolean): string => {
  const language = languageOf(code)
  const chinese = /^zh[-_](cn|tw|hk)$/i.exec(code)
  return several && chinese ? `zh-${chinese[1]!.toLowerCase()}` : language
}
