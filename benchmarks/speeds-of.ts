/**
 * How fast something is, warmed up: a multiple of real time for each run.
 *
 * @param seconds of audio that one run handles
 */
export const speedsOf = async (
  seconds: number,
  runs: number,
  run: () => void | Promise<void>,
): Promise<number[]> => {
  await run()
  const speeds: number[] = []
  while (speeds.length < runs) {
    const started = performance.now()
    await run()
    speeds.push((seconds * 1_000) / (performance.now() - started))
  }
  return speeds
}
