/** Time that passes, in milliseconds: the machine's, or a test's own. */
export type Clock = {
  /** Milliseconds since some fixed time; never goes back. */
  now(): number
  /** Calls back once so much time has passed; the answer takes that back. */
  after(ms: number, callback: () => void): () => void
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    // Timers leave out the fraction, and would fire that much too early.
    const timer = setTimeout(callback, Math.ceil(ms))
    return () => clearTimeout(timer)
  },
}
