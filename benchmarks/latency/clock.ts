/** Time that passes, in ms: that of the machine, or a virtual one of a test. */
export type Clock = {
  /** Milliseconds since some fixed time; never goes back. */
  now(): number
  /**
   * Calls back after so many ms, or up to 1 ms earlier, as timers of Node do.
   *
   * @returns what cancels it
   */
  after(ms: number, callback: () => void): () => void
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    // Timers drop the fraction.
    const timer = setTimeout(callback, Math.ceil(ms))
    return () => clearTimeout(timer)
  },
}
