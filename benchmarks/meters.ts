import { availableParallelism } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { childProcessUsage } from 'voxpipe/recognizers'

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

/** What a stretch of work cost this process and those it started. */
export type Cost = {
  readonly wallMs: number
  readonly cpuMs: number
  /** CPU time to the time that all cores had, from 0 to 1. */
  readonly load: number
  /** Most resident memory of these processes so far, in bytes. */
  readonly peakRss: number
  /**
   * How late the event loop came to a timer, in ms, beyond the 5 ms that
   * the timer itself waits.
   */
  readonly loopDelay: { readonly p50: number; p99: number; max: number }
}

/** Coarse enough to cost under 1 % of a core, which counts as load. */
const RESOLUTION_MS = 5

/** Starts to measure; the answer stops it. */
export const startCostMeter = (): (() => Cost) => {
  const monitor = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  monitor.enable()
  const started = performance.now()
  const before = process.cpuUsage()
  const childrenBefore = childProcessUsage().cpuMs
  return () => {
    const { user, system } = process.cpuUsage(before)
    const wallMs = performance.now() - started
    monitor.disable()
    const late = (ns: number): number => Math.max(0, ns / 1e6 - RESOLUTION_MS)
    const children = childProcessUsage()
    const cpuMs = (user + system) / 1000 + children.cpuMs - childrenBefore
    return {
      wallMs,
      cpuMs,
      load: cpuMs / wallMs / availableParallelism(),
      peakRss: process.resourceUsage().maxRSS * 1024 + children.peakRss,
      loopDelay: {
        p50: late(monitor.percentile(50)),
        p99: late(monitor.percentile(99)),
        max: late(monitor.max),
      },
    }
  }
}
