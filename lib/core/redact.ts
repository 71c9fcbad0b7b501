/** A custom server may use a shorter key, which could be any word. */
const MIN_KEY = 8

/**
 * Replaces possible secrets in a text: OpenAI keys (`sk-…`, `ek_…`), bearer
 * tokens, `openai-insecure-api-key.…` and credentials in URLs. Use it for text
 * of a service or library before you show it.
 * @param key a known key, removed in any form
 */
export const redact = (text: string, key = ''): string =>
  (key.length < MIN_KEY ? text : text.replaceAll(key, '…'))
    .replaceAll(/\b(sk-|ek_|sess-)[\w*.-]+/g, '$1…')
    .replaceAll(/\b(bearer|basic)\s+[^\s,;"']+/gi, '$1 …')
    .replaceAll(
      /openai-insecure-api-key\.[^\s,;"']+/g,
      'openai-insecure-api-key.…',
    )
    .replaceAll(/(\w:\/\/)[^\s/@]+@/g, '$1…@')

/** Removes keys from the error and the session of an event. */
export const redactEvent = <Event extends { readonly type: string }>(
  event: Event,
  hide: (text: string) => string,
): Event => {
  const isError = event.type === 'error'
  if (!isError && !('error' in event) && !('session' in event)) return event
  const parts = Object.entries(event).map(([name, part]) =>
    isError || name === 'error' || name === 'session'
      ? [name, redactAll(part, hide)]
      : [name, part],
  )
  return Object.fromEntries(parts) as Event
}

/** Removes keys from all texts of a JSON value. */
export const redactAll = (
  part: unknown,
  hide: (text: string) => string,
): unknown =>
  JSON.parse(JSON.stringify(part), (_, value: unknown) =>
    typeof value === 'string' ? hide(value) : value,
  )
