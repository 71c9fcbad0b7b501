/**
 * The middle of some numbers, and how far they spread: half the distance
 * between the quartiles, as a part of the middle.
 *
 * @param {readonly number[]} values at least one
 * @returns {{ median: number, spread: number }}
 */
export const summary = values => {
  const sorted = [...values].sort((a, b) => a - b)
  const at = part => {
    const place = part * (sorted.length - 1)
    const low = sorted[Math.floor(place)]
    return low + (place % 1) * (sorted[Math.ceil(place)] - low)
  }
  const median = at(0.5)
  return { median, spread: (at(0.75) - at(0.25)) / 2 / median }
}

/**
 * How fast something is, warmed up, as a multiple of real time.
 *
 * @param {number} seconds of audio that one run handles
 * @param {() => void | Promise<void>} run
 * @param {number} [runs]
 */
export const speedOf = async (seconds, run, runs = 5) => {
  await run()
  const speeds = []
  for (let k = 0; k < runs; k++) {
    const start = performance.now()
    await run()
    speeds.push((seconds * 1000) / (performance.now() - start))
  }
  return summary(speeds).median
}
