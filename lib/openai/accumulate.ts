import type { Usage } from '../core/transcript-event.ts'

/** Two usages together; of different kinds, what there was first. */
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
 * The text of one turn as its deltas showed it. What a service sends may
 * begin anew, when a turn is sent again: then only what goes beyond the shown
 * text comes out, as long as it agrees with it, and nothing more where it
 * does not. What was shown is never taken back, nor shown twice.
 */
export class ShownText {
  #shown = ''
  #received = ''

  /** All that was shown. */
  get text(): string {
    return this.#shown
  }

  /** The service begins anew. */
  restart(): void {
    this.#received = ''
  }

  /** Takes a delta; the answer is what is to be shown of it. */
  add(delta: string): string {
    this.#received += delta
    if (!this.#received.startsWith(this.#shown)) return ''
    const rest = this.#received.slice(this.#shown.length)
    this.#shown = this.#received
    return rest
  }
}
