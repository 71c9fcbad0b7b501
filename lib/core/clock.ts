/** Time that passes, in milliseconds: the machine's, or a test's own. */
export type Clock = {
  /** Milliseconds since some fixed time; never goes back. */
  now(): number
  /**
   * Calls back after so much time, or up to a millisecond before, as the
   * machine's timers do; the answer takes that back.
   */
  after(ms: number, callback: () => void): () => void
}

/** Longest that a timer of Node can wait: with more, it fires at once. */
const MAX_MS = 2 ** 31 - 1

/** The machine's clock. It calls back after 24.8 days at the latest. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    // Timers leave out the fraction.
    const timer = setTimeout(callback, Math.min(Math.ceil(ms), MAX_MS))
    return () => clearTimeout(timer)
  },
}
