import { basename } from 'node:path'
import {
  attempt,
  type BenchContext,
  type Failure,
  type Figure,
  type Suite,
  type SuiteResult,
  type Verdict,
} from '../suite.ts'
import type { BenchClip } from '../clips.ts'
import { isEnglish } from '../clip-folder.ts'
import { summaryOf } from '../statistics.ts'
import {
  type Speed,
  type ThroughputData,
  stageNames,
  throughputTables,
} from './throughput-tables.ts'
import { delayScenes, type DelayQuestion } from './delay-case.ts'
import type { StageAnswer, StageQuestion } from './stage-case.ts'
import type { TextAnswer, TextQuestion } from './text-case.ts'

const plans = {
  usual: {
    stages: { processes: 1, seconds: 120, runs: 5 },
    texts: { seconds: 60, rounds: 3 },
    delays: { seconds: 8 },
  },
  full: {
    stages: { processes: 3, seconds: 300, runs: 5 },
    texts: { seconds: 120, rounds: 7 },
    delays: { seconds: 30 },
  },
}

/** What the line from bytes to chunks must reach. */
const LEAST_SPEED = 200
const WHOLE_LINE = 'decode → resample → chunk'

type Found = {
  readonly stages: ThroughputData['stages'][number][]
  readonly texts: ThroughputData['texts'][number][]
  readonly loopDelays: ThroughputData['loopDelays'][number][]
  readonly figures: Figure[]
  readonly failures: Failure[]
  readonly notes: string[]
}

const speedOf = (speeds: readonly number[]): Speed & { noise: number } => {
  const { median, spread, noise } = summaryOf(speeds)
  return { speed: median, spread, runs: speeds.length, noise }
}

const figure = (
  id: string,
  value: number,
  noise: number,
  n: number,
): Figure => ({
  id: `throughput/${id}`,
  value,
  unit: '×',
  better: 'higher',
  noise,
  n,
})

const measureStages = async (
  context: BenchContext,
  found: Found,
  clips: readonly BenchClip[],
  { processes, seconds, runs }: (typeof plans)['usual']['stages'],
): Promise<void> => {
  for (const stage of stageNames) {
    const speeds: number[] = []
    const question: StageQuestion = { stage, clips, seconds, runs }
    const done = await attempt(context, found.failures, stage, async () => {
      for (let process = 0; process < processes; process++) {
        const answer = await context.runCase<StageAnswer>(
          'throughput-stage',
          question,
        )
        speeds.push(...answer.speeds)
        if (answer.absent !== undefined) return answer.absent
      }
      return ''
    })
    if (done) found.notes.push(`${stage} was not measured: ${done}.`)
    if (done !== '') continue
    const { noise, ...speed } = speedOf(speeds)
    found.stages.push({ stage, ...speed })
    found.figures.push(figure(stage, speed.speed, noise, speed.runs))
  }
}

const measureTexts = async (
  context: BenchContext,
  found: Found,
  clips: readonly BenchClip[],
  { seconds, rounds }: (typeof plans)['usual']['texts'],
): Promise<void> => {
  const { options, competitors } = context
  const { modelDir, engines, recognizer } = options
  const models =
    recognizer === undefined
      ? (options.models ?? ['tiny', 'base'])
      : [basename(recognizer)]
  const others = Object.entries(competitors.throughput ?? {}).filter(
    ([name]) => !recognizer && (engines?.includes(name) ?? true),
  )
  const absent = new Set<string>()
  for (const model of models) {
    const question: TextQuestion = {
      model,
      ...(modelDir !== undefined && { modelDir }),
      ...(recognizer !== undefined && { recognizer }),
      clips,
      seconds,
      rounds,
      competitors: Object.fromEntries(others),
    }
    const name = `file → text, ${model}`
    const answer = await attempt(context, found.failures, name, () =>
      context.runCase<TextAnswer>('throughput-text', question),
    )
    if (!answer) continue
    const { ours, beside, loadMs, peakRss } = answer
    for (const other of answer.absent) absent.add(other)
    const speeds = (times: readonly number[]) =>
      speedOf(times.map(time => (1_000 * answer.seconds) / time))
    const { noise, ...speed } = speeds(ours)
    found.figures.push(figure(name, speed.speed, noise, speed.runs))
    found.texts.push({
      model,
      ...speed,
      seconds: answer.seconds,
      loadMs,
      peakRss,
      beside: beside.map(({ name: other, times }) => {
        const { noise: _, ...theirs } = speeds(times)
        const ratios = summaryOf(times.map((time, i) => time / ours[i]!))
        const { median, noise } = ratios
        const id = `${name}, to ${other}`
        found.figures.push(figure(id, median, noise, times.length))
        return { name: other, ...theirs, ratio: median }
      }),
    })
  }
  for (const name of absent) found.notes.push(`${name} is not installed.`)
}

const measureDelays = async (
  context: BenchContext,
  found: Found,
  clips: readonly BenchClip[],
  { seconds }: (typeof plans)['usual']['delays'],
): Promise<void> => {
  const { modelDir, recognizer } = context.options
  for (const scene of delayScenes) {
    const question: DelayQuestion = {
      scene,
      clips,
      seconds,
      ...(modelDir !== undefined && { modelDir }),
      ...(recognizer !== undefined && { recognizer }),
    }
    const name = `event loop, ${scene}`
    const delay = await attempt(context, found.failures, name, () =>
      context.runCase<ThroughputData['loopDelays'][number]['delay']>(
        'throughput-delay',
        question,
      ),
    )
    if (delay) found.loopDelays.push({ while: scene, delay })
  }
}

const verdictsOf = ({ stages }: Found): Verdict[] =>
  stages
    .filter(({ stage }) => stage === WHOLE_LINE)
    .map(({ speed }) => ({
      name: `${WHOLE_LINE}, × real time`,
      limit: `≥ ${LEAST_SPEED}`,
      measured: speed.toFixed(0),
      met: speed >= LEAST_SPEED,
    }))

/**
 * How fast the stages are alone, how fast a file becomes text, beside others
 * with the same model on the same turns, and whether the engine keeps the event
 * loop free.
 */
const throughputSuite: Suite = async (
  context,
): Promise<SuiteResult<ThroughputData>> => {
  const { full = false, engines } = context.options
  const plan = full ? plans.full : plans.usual
  const found: Found = {
    stages: [],
    texts: [],
    loopDelays: [],
    figures: [],
    failures: [],
    notes: [],
  }
  const { notes } = found
  const all = await context.clips()
  const clips = context.options.recognizer
    ? all
    : all.filter(({ language }) => isEnglish(language))
  if (engines && !engines.includes('local'))
    notes.push('Nothing was measured: speed is that of the local engine.')
  else {
    await measureStages(context, found, all, plan.stages)
    if (clips.length < all.length)
      notes.push(
        `Text is of ${clips.length} of ${all.length} clips: the local engine knows English.`,
      )
    if (clips.length > 0) {
      await measureTexts(context, found, clips, plan.texts)
      await measureDelays(context, found, clips, plan.delays)
    }
  }
  const { stages, texts, loopDelays, figures, failures } = found
  const data: ThroughputData = { stages, texts, loopDelays }
  return {
    name: 'throughput',
    tables: throughputTables(data),
    figures,
    verdicts: verdictsOf(found),
    failures,
    notes,
    data,
  }
}

export default throughputSuite
