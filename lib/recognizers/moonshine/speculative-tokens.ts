/** Most tokens verified in a pass: those behind a wrong one are for nothing. */
const AT_ONCE = 24
/** How far ahead a token is looked for where the draft was wrong. */
const AHEAD = 6

/**
 * Tokens that a decoder is likely to choose, as they were chosen before
 * (speculative decoding, Leviathan et al. 2022, arXiv:2211.17192, with the
 * last result in place of a draft model). Where one was wrong the decoder goes
 * alone until it chooses one that comes soon after: what is heard anew mostly
 * differs in single words.
 */
export class Draft {
  #rest: readonly number[]
  #lost = false

  constructor(tokens: readonly number[]) {
    this.#rest = tokens
  }

  /** What to verify in the next pass. */
  next(): readonly number[] {
    return this.#lost ? [] : this.#rest.slice(0, AT_ONCE)
  }

  /**
   * Goes on behind what a pass found.
   *
   * @param confirmed how many tokens of {@link next} were right
   * @param chosen the token that came instead of the one after them
   */
  take(confirmed: number, chosen: number): void {
    this.#rest = this.#rest.slice(confirmed)
    const at = this.#rest.slice(0, AHEAD).indexOf(chosen)
    this.#lost = at < 0
    this.#rest = this.#rest.slice(at + 1)
  }
}
