/**
 * The text of one turn as its deltas showed it. What a service sends may
 * begin anew, when a turn is sent again: then only what goes beyond the shown
 * text comes out, as long as it agrees with it, and nothing more where it
 * does not. What was shown is never taken back, nor shown twice.
 */
export class ShownText {
  #shown = ''
  #heard = ''

  /** All that was shown. */
  get text(): string {
    return this.#shown
  }

  /** The service begins anew. */
  restart(): void {
    this.#heard = ''
  }

  /** Takes a delta; the answer is what is to be shown of it. */
  hear(delta: string): string {
    this.#heard += delta
    if (!this.#heard.startsWith(this.#shown)) return ''
    const rest = this.#heard.slice(this.#shown.length)
    this.#shown = this.#heard
    return rest
  }
}
