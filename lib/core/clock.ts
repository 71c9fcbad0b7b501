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

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    // Timers leave out the fraction.
    const timer = setTimeout(callback, Math.ceil(ms))
    return () => clearTimeout(timer)
  },
}
