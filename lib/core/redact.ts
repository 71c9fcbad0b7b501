/** A shorter key, for a server of one's own, may be any word. */
const MIN_KEY = 8

/**
 * Takes what may be a secret out of a text: keys of OpenAI's forms (`sk-…`,
 * `ek_…`), bearer tokens, `openai-insecure-api-key.…` and user names with passwords in URLs.
 * For everything that comes from a service or a library and may be shown.
 *
 * @param key one that is known, taken out whatever form it has
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

/**
 * Removes keys from an event: an error may quote input, and a session have a key
 * of its own.
 */
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
