/** Sessions that may end at the same place. */
const MAX_SESSIONS = 3

/** Counts sessions in a row that end before they get past the same place. */
export class StuckPlace {
  #at = -1
  #sessions = 0
  #reached = Infinity

  /**
   * A session has ended.
   *
   * @param at first sample that it did not decide on
   * @param sent sample after the last that it got
   * @returns sample up to which each of the last three sessions got audio;
   *   undefined if fewer ended at this place
   */
  ended(at: number, sent: number): number | undefined {
    if (this.#at !== at) {
      this.#at = at
      this.#sessions = 0
      this.#reached = Infinity
    }
    if (sent > at) {
      this.#sessions++
      this.#reached = Math.min(this.#reached, sent)
    }
    return this.#sessions < MAX_SESSIONS ? undefined : this.#reached
  }
}
