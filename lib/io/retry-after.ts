/** HTTP statuses below 500 with which servers ask clients to try again. */
const TEMPORARY = new Set([408, 409, 425, 429])

/** Whether a later request may succeed after an answer with this status. */
export const isTemporary = (status: number): boolean =>
  status >= 500 || TEMPORARY.has(status)

/**
 * Returns how long a server asks to wait before the next request, in ms:
 * `retry-after-ms`, or `retry-after` in seconds or as a date (RFC 9110,
 * section 10.2.3). Returns undefined if it does not say.
 *
 * @param header reads a header by its lower-case name
 */
export const retryAfterMs = (
  header: (name: string) => string | null | undefined,
): number | undefined => {
  const ms = Number.parseFloat(header('retry-after-ms') ?? '')
  if (ms >= 0) return ms
  const value = header('retry-after') ?? ''
  const seconds = Number.parseFloat(value)
  if (seconds >= 0) return 1_000 * seconds
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}
