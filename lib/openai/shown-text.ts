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
