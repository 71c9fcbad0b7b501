import { pipeline, Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { type AudioChunk, type TranscriptEvent, VoxpipeError } from 'voxpipe'
import { openaiClient, RealtimeTranscriber } from 'voxpipe/openai'
import { numberedTurns } from 'voxpipe/testing'
import type { FaultsEngine, FaultsStart } from '../competitors.ts'
import { distributionOf } from '../statistics.ts'
import { type FaultRow, isBusy, isRight, rowOf } from './fault-row.ts'
import { numberedSpeech, runFault, type FaultRun } from './run-fault.ts'
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
  /** Runs for which the machine had no time. */
  readonly busy: number
}

/** Most of the time is spent waiting for what is said; others need more. */
const AT_ONCE = { ours: 24, theirs: 16 }
/** So that they do not all begin, nor all have something to do, at once. */
const APART_MS = 107
/** Words of a run before all others, which loads and compiles what they need. */
const WARM_UP = 10

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

/** Does all jobs, so many at once, the longest first. */
const doAll = async (
  jobs: readonly Job[],
  atOnce: number,
  run: (job: Job) => Promise<FaultRun>,
): Promise<Map<Job, FaultRun>> => {
  const rank = ({ scenario }: Job): number =>
    scenario.id === 'F4' ? 60_000 : (scenario.lastsMs ?? 0)
  const left = jobs.toSorted((a, b) => rank(b) - rank(a))
  const done = new Map<Job, FaultRun>()
  await Promise.all(
    Array.from({ length: atOnce }, async (_, i) => {
      await setTimeout(i * APART_MS)
      for (let job = left.shift(); job; job = left.shift())
        done.set(job, await run(job))
    }),
  )
  return done
}

/** @throws where words are missing, or too many, though there was no fault */
const checkPlain = (rows: readonly FaultRow[]): void => {
  const plain = rows.find(({ fault }) => fault === scenarios[0]!.fault)
  if (!plain)
    throw new Error('the machine was too busy for it; measure when it is not')
  const { words, lost, doubled, reordered, broken } = plain
  if (lost + doubled + reordered + broken > 0)
    throw new Error(
      `without any fault, ${lost} of ${words} words are lost, ${doubled} ` +
        `doubled, ${reordered} out of order, ${broken} in parts`,
    )
}

/**
 * Has one engine hear numbered words through every fault, many at once. A run
 * for which the machine had no time is done again, once, unless it showed a
 * mistake of ours.
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
  const ours = typeof from === 'string'
  const list = [...scenarios, ...(more ? moreScenarios : [])].filter(
    ({ id, pingMs }) =>
      id === 'none' ||
      ((only?.includes(id) ?? true) && (engine.pings || pingMs === undefined)),
  )
  const few = { speech: numberedSpeech(WARM_UP), words: WARM_UP, word: 5 }
  await runFault(engine, { ...scenarios[0]!, tailMs: 0 }, few)

  const jobs = list.flatMap(scenario => at.map(word => ({ scenario, word })))
  const speech = numberedSpeech(words)
  const atOnce = AT_ONCE[ours ? 'ours' : 'theirs']
  const done = await doAll(jobs, atOnce, async ({ scenario, word }) => {
    const run = () => runFault(engine, scenario, { speech, words, word })
    const first = await run()
    const again = isBusy(first) && (!ours || isRight(first, scenario))
    return again ? run() : first
  })
  await engine.close()

  const rows = list.flatMap(scenario => {
    const own = jobs.filter(job => job.scenario === scenario)
    const runs = own.map(job => done.get(job)!)
    return rowOf(name, scenario, runs, { words, ours }) ?? []
  })
  checkPlain(rows)
  const runs = [...done.values()]
  return {
    rows,
    lateMs: distributionOf(runs.flatMap(({ late }) => late)).p99!,
    busy: runs.filter(isBusy).length,
  }
}

async function* chunksOf(
  frames: AsyncIterable<Uint8Array>,
): AsyncGenerator<AudioChunk> {
  let offset = 0
  for await (const bytes of frames) {
    const numbers = new Int16Array(bytes.buffer, bytes.byteOffset)
    const samples = Float32Array.from(numbers, number => number / 32_768)
    yield { sampleRate: 24_000, channels: [samples], offset }
    offset += samples.length
  }
}

/**
 * {@link RealtimeTranscriber} on live audio, as it is if nothing is set but who
 * finds the turns: a detector here that knows numbered audio, or the server.
 */
export const ourEngine = (finder: 'here' | 'server'): FaultsEngine => ({
  pings: true,
  async transcribe({ baseURL, frames, pingMs, signal, onFinal, onReport }) {
    const client = await openaiClient({ baseURL, apiKey: 'none', env: {} })
    const transcriber = new RealtimeTranscriber({
      client,
      model: 'gpt-transcribe',
      live: true,
      turnDetection:
        finder === 'here' ? numberedTurns() : { type: 'server_vad' },
      ...(pingMs && { timing: { pingMs } }),
      signal,
    })
    const gaps: { start: number; end: number }[] = []
    let failed = false
    const source = Readable.from(chunksOf(frames), { highWaterMark: 1 })
    try {
      const events: AsyncIterable<TranscriptEvent> = pipeline(
        source,
        transcriber,
        () => {}, // whoever reads is told of errors
      )
      for await (const event of events) {
        if (event.type === 'final') onFinal(event.text)
        if (event.type === 'gap') gaps.push(event)
        if (event.type === 'warning') onReport()
      }
    } catch (error) {
      if (!(error instanceof VoxpipeError)) throw error
      failed = true
      onReport()
    }
    return { gaps, failed }
  },
  close: async () => {},
})
