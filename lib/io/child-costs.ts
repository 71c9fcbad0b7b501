import { readFileSync } from 'node:fs'

/** What the processes below one cost, together. */
export type ChildCosts = {
  /** CPU time so far, of those that have ended as well, in ms. */
  readonly cpuMs: number
  /** Resident memory now, in bytes. */
  readonly rss: number
  /** Sum of the most that each has had resident, in bytes. */
  readonly peakRss: number
}

/** Linux counts in hundredths of a second, whatever the hardware. */
const TICK_MS = 10

const read = (path: string): string => {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return '' // it has ended meanwhile, or this is no Linux
  }
}

const sum = (numbers: readonly number[]): number =>
  numbers.reduce((total, number) => total + number, 0)

/** CPU time of a process and of its children that have ended. */
const cpuMsOf = (pid: number): { own: number; ended: number } => {
  const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)!.split(' ')
  const [own = 0, ownSystem = 0, ended = 0, endedSystem = 0] = fields
    .slice(11, 15)
    .map(Number)
  return {
    own: (own + ownSystem) * TICK_MS,
    ended: (ended + endedSystem) * TICK_MS,
  }
}

const childrenOf = (pid: number): number[] =>
  read(`/proc/${pid}/task/${pid}/children`)
    .split(' ')
    .filter(Boolean)
    .map(Number)

const below = (pid: number): number[] =>
  childrenOf(pid).flatMap(child => [child, ...below(child)])

const bytesOf = (status: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) * 1024

/**
 * Returns what the processes cost that another has started: the engine,
 * ffmpeg. Read from `/proc`; on systems without it all figures are 0.
 *
 * @param pid the other; by default this one
 */
export const childCosts = (pid: number = process.pid): ChildCosts => {
  const pids = below(pid)
  const statuses = pids.map(pid => read(`/proc/${pid}/status`))
  const cpu = pids.map(cpuMsOf).map(({ own, ended }) => own + ended)
  return {
    cpuMs: cpuMsOf(pid).ended + sum(cpu),
    rss: sum(statuses.map(status => bytesOf(status, 'VmRSS'))),
    peakRss: sum(statuses.map(status => bytesOf(status, 'VmHWM'))),
  }
}
