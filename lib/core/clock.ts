/** A clock in milliseconds: the machine's, or a test's. */
export type Clock = {
  /** Milliseconds since some fixed time; never goes back. */
  now(): number
  /**
   * Calls back after a time, or up to a millisecond before, as the machine's
   * timers do.
   *
   * @returns cancels the call
   */
  after(ms: number, callback: () => void): () => void
}

/** Longest timeout of Node's timers; longer ones fire immediately. */
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
