/** A clock in milliseconds: the machine's, or a test's. */
export type Clock = {
  /** Milliseconds since some fixed time; never goes back. */
  now(): number
  /**
   * Calls back after a time, or up to 1 ms before; returns a function that
   * cancels the call.
   */
  after(ms: number, callback: () => void): () => void
}

/** Longest timeout of Node; longer ones fire immediately. */
const MAX_MS = 2 ** 31 - 1

/** The machine's clock; its longest timeout is 24.8 days. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    // Node's timers drop the fraction.
    const timer = setTimeout(callback, Math.min(Math.ceil(ms), MAX_MS))
    return () => clearTimeout(timer)
  },
}
