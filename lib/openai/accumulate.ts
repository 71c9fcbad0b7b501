import type { Usage } from '../core/transcript-event.ts'

/** Adds two usages; returns the first if their kinds differ. */
export const addUsage = (
  sum: Usage | undefined,
  more: Usage | undefined,
): Usage | undefined => {
  if (!sum || !more) return sum ?? more
  if (sum.type === 'duration' && more.type === 'duration')
    return { type: 'duration', seconds: sum.seconds + more.seconds }
  if (sum.type === 'tokens' && more.type === 'tokens')
    return {
      type: 'tokens',
      input: sum.input + more.input,
      output: sum.output + more.output,
      total: sum.total + more.total,
    }
  return sum
}

/**
 * Collects the deltas of one turn. When a turn is sent again, the service may
 * repeat or change its text: only text that continues what was shown is
 * emitted, and nothing after a difference.
 */
export class ShownText {
  #shown = ''
  #received = ''

  /** The text shown so far. */
  get text(): string {
    return this.#shown
  }

  /** The turn is sent again, so its deltas start over. */
  restart(): void {
    this.#received = ''
  }

  /** Takes a delta and returns the text to emit. */
  add(delta: string): string {
    this.#received += delta
    if (!this.#received.startsWith(this.#shown)) return ''
    const rest = this.#received.slice(this.#shown.length)
    this.#shown = this.#received
    return rest
  }
}
