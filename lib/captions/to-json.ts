/** What JSON lets stand but a terminal or a line reader would act on. */
const acting = /[\u007f-\u009f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]/gu

/**
 * One line of JSON without any control character, direction override or byte
 * order mark: all are written as `\uXXXX`, so the data are the same.
 */
export const toJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    acting,
    c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
