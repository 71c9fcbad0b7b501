/** Whether a language is what the engine knows: `en`, `en-…`, `eng` or `english`. */
export const isEnglish = (language: string): boolean =>
  /^en(?:[-_]|g?$|glish$)/i.test(language)
