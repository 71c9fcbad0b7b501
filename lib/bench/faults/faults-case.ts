import { setTimeout } from 'node:timers/promises'
import type { FaultsEngine, FaultsStart } from '../competitors.ts'
import { distributionOf } from '../distribution.ts'
import type { WordCount } from './count-run.ts'
import type { FaultRow } from './data.ts'
import { ourEngine } from './hear-numbers.ts'
import { numberedSpeech } from './numbered-speech.ts'
import { runFault, type FaultRun } from './run-fault.ts'
import { moreScenarios, scenarios, type Scenario } from './scenarios.ts'

/** What is asked of the case. */
export type FaultsQuestion = {
  /** For the rows. */
  readonly engine: string
  /** Who finds turns for ours, or the URL of a competitor. */
  readonly from: 'here' | 'server' | { readonly url: string }
  readonly words: number
  /** In the middle of which words each fault happens, one in each run. */
  readonly at: readonly number[]
  /** More close codes. */
  readonly more: boolean
  /** Ids of faults. @default all */
  readonly only?: readonly string[]
}

/** What the case answers. */
export type FaultsAnswer = {
  readonly rows: readonly FaultRow[]
  /** By how much the latest of a hundred chunks came too late, in ms. */
  readonly lateMs: number
  /** Runs that cannot tell how long recovery took: the machine was busy. */
  readonly busy: number
}

/** Most of the time is spent waiting for what is said. */
const AT_ONCE = 32
/** So that they do not all begin, nor all have something to do, at once. */
const APART_MS = 107
/** Words of a run before all others, which loads and compiles what they need. */
const WARM_UP = 10

/** Audio that is later than this tells nothing of how fast an engine is. */
const TOO_LATE_MS = 500

type Job = { readonly scenario: Scenario; readonly word: number }

const start = async (
  from: FaultsQuestion['from'],
): Promise<FaultsEngine | undefined> => {
  if (typeof from === 'string') return ourEngine(from)
  const { default: begin } = (await import(from.url)) as {
    default: FaultsStart
  }
  return begin()
}

const sum = (
  runs: readonly FaultRun[],
  key: keyof WordCount | 'reports',
): number => runs.reduce((all, run) => all + run[key], 0)

const isBusy = ({ late }: FaultRun): boolean =>
  late.some(ms => ms > TOO_LATE_MS)

const rowOf = (
  engine: string,
  { id, fault, must }: Scenario,
  runs: readonly FaultRun[],
  words: number,
): FaultRow => {
  const recoveries = runs.map(run => (isBusy(run) ? null : run.recoveryMs))
  return {
    engine,
    id,
    fault,
    must,
    words: words * runs.length,
    lost: sum(runs, 'lost'),
    doubled: sum(runs, 'doubled'),
    reordered: sum(runs, 'reordered'),
    broken: sum(runs, 'broken'),
    told: sum(runs, 'told'),
    recoveryMs: distributionOf(recoveries.filter(ms => ms !== null)).p50,
    recoveries,
    runs: runs.length,
    reports: sum(runs, 'reports'),
  }
}

/**
 * Does all jobs, so many at once, the longest first; again, once, where the
 * machine had no time for it.
 */
const doAll = async (
  jobs: readonly Job[],
  run: (job: Job) => Promise<FaultRun>,
): Promise<Map<Job, FaultRun>> => {
  const rank = ({ scenario }: Job): number =>
    scenario.id === 'F4' ? 60_000 : (scenario.lastsMs ?? 0)
  const left = jobs.toSorted((a, b) => rank(b) - rank(a))
  const done = new Map<Job, FaultRun>()
  await Promise.all(
    Array.from({ length: AT_ONCE }, async (_, i) => {
      await setTimeout(i * APART_MS)
      for (let job = left.shift(); job; job = left.shift()) {
        const result = await run(job)
        done.set(job, isBusy(result) ? await run(job) : result)
      }
    }),
  )
  return done
}

/** @throws where words are missing, or too many, though there was no fault */
const checkPlain = (rows: readonly FaultRow[], lateMs: number): void => {
  const plain = rows.find(({ id }) => id === 'none')
  if (!plain) return
  const { words, lost, doubled, reordered, broken } = plain
  if (lost + doubled + reordered + broken > 0)
    throw new Error(
      `without any fault, ${lost} of ${words} words are lost, ${doubled} ` +
        `doubled, ${reordered} out of order, ${broken} in parts; audio came ` +
        `up to ${lateMs.toFixed(0)} ms late`,
    )
}

/**
 * Has one engine hear numbered words through every fault, many at once.
 *
 * @returns undefined where the engine is not installed
 * @throws where words are missing though there was no fault
 */
export default async ({
  engine: name,
  from,
  words,
  at,
  more,
  only,
}: FaultsQuestion): Promise<FaultsAnswer | undefined> => {
  const engine = await start(from)
  if (!engine) return undefined
  const list = [...scenarios, ...(more ? moreScenarios : [])].filter(
    ({ id, pingMs }) =>
      (only?.includes(id) ?? true) && (engine.pings || pingMs === undefined),
  )
  const jobs = list.flatMap(scenario => at.map(word => ({ scenario, word })))
  const few = { speech: numberedSpeech(WARM_UP), words: WARM_UP, word: 5 }
  await runFault(engine, { ...scenarios[0]!, tailMs: 0 }, few)
  const speech = numberedSpeech(words)
  const done = await doAll(jobs, ({ scenario, word }) =>
    runFault(engine, scenario, { speech, words, word }),
  )
  await engine.close()
  const rows = list.map(scenario => {
    const own = jobs.filter(job => job.scenario === scenario)
    return rowOf(
      name,
      scenario,
      own.map(job => done.get(job)!),
      words,
    )
  })
  const runs = [...done.values()]
  const late = distributionOf(runs.flatMap(run => run.late))
  checkPlain(rows, late.max!)
  return { rows, lateMs: late.p99!, busy: runs.filter(isBusy).length }
}
