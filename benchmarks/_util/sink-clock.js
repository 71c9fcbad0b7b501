/** The machine's monotonic clock, in ms: the same in all processes on Linux. */
export const nowMs = () => Number(process.hrtime.bigint()) / 1e6

/** Waits, and never less than asked for; Node's timers have whole ms. */
export const sleepUntil = due =>
  new Promise(resolve => {
    const look = () => {
      const left = due - nowMs()
      if (left <= 0) resolve()
      else setTimeout(look, Math.ceil(left))
    }
    look()
  })
