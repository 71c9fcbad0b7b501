/** Returns the event in a message: a JSON object with a `type`. */
export const readEvent = (
  text: string,
): { readonly type: string } | undefined => {
  try {
    const event = JSON.parse(text) as { readonly type?: unknown } | null
    if (
      typeof event === 'object' &&
      typeof event?.type === 'string' &&
      !Array.isArray(event)
    )
      return event as { readonly type: string }
  } catch {
    // no JSON
  }
  return undefined
}

/**
 * Takes keys out of an event: an error may quote what was sent, and a session
 * have a key of its own.
 */
export const hideIn = <Event extends { readonly type: string }>(
  event: Event,
  hide: (text: string) => string,
): Event => {
  const isError = event.type === 'error'
  if (!isError && !('error' in event) && !('session' in event)) return event
  const parts = Object.entries(event).map(([name, part]) =>
    isError || name === 'error' || name === 'session'
      ? [name, hidden(part, hide)]
      : [name, part],
  )
  return Object.fromEntries(parts) as Event
}

/** Takes keys out of all texts of a JSON value. */
export const hidden = (
  part: unknown,
  hide: (text: string) => string,
): unknown =>
  JSON.parse(JSON.stringify(part), (_, value: unknown) =>
    typeof value === 'string' ? hide(value) : value,
  )
