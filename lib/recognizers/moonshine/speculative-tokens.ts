/** Maximum tokens per pass: those after a wrong one are wasted. */
const MAX_PER_PASS = 24
/** How far ahead to search for a token after a wrong one. */
const LOOK_AHEAD = 6

/**
 * Speculative decoding (Leviathan et al. 2022, arXiv:2211.17192) with the last
 * result in place of a draft model. After a wrong token, the decoder continues
 * without a draft until it chooses a token that follows soon in the draft, as
 * results mostly differ in single words.
 */
export class SpeculativeTokens {
  #rest: readonly number[]
  #paused = false

  constructor(tokens: readonly number[]) {
    this.#rest = tokens
  }

  /** Tokens to verify in the next pass. */
  next(): readonly number[] {
    return this.#paused ? [] : this.#rest.slice(0, MAX_PER_PASS)
  }

  /**
   * Continues after the tokens that a pass found.
   *
   * @param confirmed how many tokens of {@link next} were right
   * @param chosen the token that the decoder chose after them
   */
  resume(confirmed: number, chosen: number): void {
    this.#rest = this.#rest.slice(confirmed)
    const at = this.#rest.slice(0, LOOK_AHEAD).indexOf(chosen)
    this.#paused = at < 0
    this.#rest = this.#rest.slice(at + 1)
  }
}
