import { summaryOf, type RunSummary } from '../statistics.ts'
import {
  attempt,
  type BenchContext,
  type Failure,
  type Figure,
  type Suite,
  type SuiteResult,
  type Verdict,
  type Table,
} from '../suite.ts'
import {
  type ResamplerData,
  type ResamplerRow,
  type ResamplerAnswer,
  type ResamplerQuestion,
  resampleMakers,
} from './resampler-case.ts'
import type { StagesQuestion } from './resampler-stages-case.ts'

type Pair = readonly [from: number, to: number]

const usualPairs: readonly Pair[] = [
  [48_000, 16_000],
  [44_100, 16_000],
]
const allPairs: readonly Pair[] = [
  ...usualPairs,
  [48_000, 24_000],
  [8_000, 16_000],
]

const plans = {
  usual: { pairs: usualPairs, rounds: 1, runs: 3 },
  full: { pairs: allPairs, rounds: 3, runs: 4 },
}

type StagesShape = Omit<StagesQuestion, 'runs'>

const stageShapes: readonly StagesShape[] = (
  [
    ['polyphase', 48_000, 2, 4_096, 120],
    ['polyphase', 48_000, 2, 960, 120],
    ['polyphase', 44_100, 2, 1_152, 120],
    ['polyphase', 48_000, 1, 4_096, 120],
    ['polyphase', 16_000, 1, 4_096, 600],
    ['wave-resampler', 48_000, 2, 4_096, 10],
  ] as const
).map(([engine, rate, channels, frames, seconds]) => ({
  engine,
  rate,
  channels,
  frames,
  seconds,
}))

const OURS = 'voxpipe (wasm)'

/** What {@link Resampler} promises, in dB. */
const [LEAST_SIGNAL, LEAST_ALIASES] = [110, 100]

/** A process has to start for each run of ffmpeg: long runs hide that. */
const secondsFor = (name: string): number =>
  name.startsWith('ffmpeg') ? 120 : 10

type Plan = (typeof plans)['usual']

type Found = {
  readonly engines: ResamplerRow[]
  readonly stages: ResamplerData['stages'][number][]
  readonly figures: Figure[]
  readonly failures: Failure[]
  readonly notes: Set<string>
}

/** Speeds of each round; what is absent or failed has none. */
type Rounds = Map<
  string,
  {
    readonly speeds: number[][]
    absent?: string
    failed?: true
    quality?: ResamplerRow['quality']
  }
>

const fasterFigure = (id: string, of: RunSummary, n: number): Figure => ({
  id: `resampler/${id}`,
  value: of.median,
  unit: '×',
  better: 'higher',
  noise: of.noise,
  n,
})

/** Every engine once a round, so that a slow spell of the machine hits all. */
const measurePair = async (
  context: BenchContext,
  found: Found,
  [from, to]: Pair,
  { rounds, runs }: Plan,
  others: readonly [name: string, module: string][],
): Promise<Rounds> => {
  const all: [string, string?][] = [
    ...Object.keys(resampleMakers).map((name): [string] => [name]),
    ...others,
  ]
  const measured: Rounds = new Map(all.map(([name]) => [name, { speeds: [] }]))
  for (let round = 0; round < rounds; round++)
    for (const [name, module] of all) {
      const one = measured.get(name)!
      if (one.absent !== undefined || one.failed) continue
      const question: ResamplerQuestion = {
        name,
        ...(module !== undefined && { module }),
        from,
        to,
        runs,
        seconds: secondsFor(name),
        quality: round === 0,
      }
      const title = `${name}, ${from} → ${to} Hz`
      const answer = await attempt(context, found.failures, title, () =>
        context.runCase<ResamplerAnswer>('resampler', question),
      )
      if (!answer) one.failed = true
      else if ('absent' in answer) one.absent = answer.absent
      else {
        one.speeds.push([...answer.speeds])
        if (answer.quality) one.quality = answer.quality
      }
    }
  return measured
}

const addRows = (
  { engines, figures, notes }: Found,
  [from, to]: Pair,
  measured: Rounds,
  reference: string,
): void => {
  const yard = measured.get(reference)?.speeds.map(s => summaryOf(s).median)
  for (const [name, { speeds, absent, failed, quality }] of measured) {
    if (failed) continue
    if (absent !== undefined) {
      engines.push({ name, from, to, absent })
      notes.add(`${name} was not measured: ${absent}.`)
      continue
    }
    const all = speeds.flat()
    const own = summaryOf(all)
    const ratios = speeds.flatMap((round, k) =>
      yard?.[k] === undefined ? [] : summaryOf(round).median / yard[k],
    )
    const ratio = ratios.length > 0 ? summaryOf(ratios).median : undefined
    engines.push({
      name,
      from,
      to,
      ...(quality && { quality }),
      speed: own.median,
      spread: own.spread,
      ...(ratio !== undefined && { ratio }),
    })
    if (!name.startsWith('voxpipe')) continue
    const id = `${from} → ${to}/${name}`
    figures.push(fasterFigure(`${id}, speed`, own, all.length))
    if (quality)
      figures.push({
        id: `resampler/${id}, signal to error`,
        value: quality.signalToError,
        unit: 'dB',
        better: 'higher',
        noise: 0, // the same each time
        n: 1,
      })
  }
}

const measureStages = async (
  context: BenchContext,
  found: Found,
  { rounds, runs }: Plan,
): Promise<void> => {
  for (const shape of stageShapes) {
    const { seconds: _, ...told } = shape
    const { engine, rate, channels, frames } = shape
    const title = `stages, ${engine}, ${rate} Hz, ${channels} × ${frames}`
    const speeds: number[] = []
    const done = await attempt(context, found.failures, title, async () => {
      for (let round = 0; round < rounds; round++) {
        const question: StagesQuestion = { ...shape, runs }
        const answer = await context.runCase<{ readonly speeds: number[] }>(
          'resampler-stages',
          question,
        )
        speeds.push(...answer.speeds)
      }
      return true
    })
    if (!done) continue
    const own = summaryOf(speeds)
    found.stages.push({ ...told, speed: own.median, spread: own.spread })
    found.figures.push(fasterFigure(title, own, speeds.length))
  }
}

const verdictsOf = (engines: readonly ResamplerRow[]): Verdict[] => {
  const ours = engines.flatMap(({ name, quality }) =>
    name === OURS && quality ? quality : [],
  )
  const atLeast = (
    what: string,
    limit: number,
    values: readonly number[],
  ): Verdict[] =>
    values.length === 0
      ? []
      : [
          {
            name: `Resampler: ${what}, dB`,
            limit: `≥ ${limit}`,
            measured: Math.min(...values).toFixed(1),
            met: Math.min(...values) >= limit,
          },
        ]
  return [
    ...atLeast(
      'signal to error',
      LEAST_SIGNAL,
      ours.map(({ signalToError }) => signalToError),
    ),
    ...atLeast(
      'aliases are down',
      LEAST_ALIASES,
      ours.flatMap(({ aliases }) => aliases ?? []),
    ),
  ]
}

/**
 * How good and how fast resampling is, beside others, by tones; and how fast
 * the stage is.
 */
const resamplerSuite: Suite = async (
  context,
): Promise<SuiteResult<ResamplerData>> => {
  const { options, competitors } = context
  const plan = options.full ? plans.full : plans.usual
  const others = Object.entries(competitors.resampler ?? {}).filter(
    ([name]) => options.engines?.includes(name) ?? true,
  )
  const reference = others[0]?.[0] ?? OURS
  const found: Found = {
    engines: [],
    stages: [],
    figures: [],
    failures: [],
    notes: new Set(),
  }
  for (const pair of plan.pairs) {
    const measured = await measurePair(context, found, pair, plan, others)
    addRows(found, pair, measured, reference)
  }
  await measureStages(context, found, plan)
  const { engines, stages, figures, failures } = found
  const data: ResamplerData = { reference, engines, stages }
  return {
    name: 'resampler',
    tables: resamplerTables(data),
    figures,
    verdicts: verdictsOf(engines),
    failures,
    notes: [...found.notes],
    data,
  }
}

export default resamplerSuite

const dB = (value: number | undefined): string =>
  value === undefined ? '–' : value.toFixed(1)
const ripple = (value: number): string =>
  value < 0.0001 ? '< 0.0001' : value.toFixed(4)
const times = (value: number): string =>
  value >= 100 ? `${Math.round(value)}×` : `${value.toFixed(1)}×`
const percent = (part: number): string => `${(100 * part).toFixed(0)} %`

const cells = ({ name, quality, speed, spread, ratio }: ResamplerRow) => [
  name,
  dB(quality?.signalToError),
  dB(quality?.aliases),
  quality ? ripple(quality.ripple) : '–',
  speed === undefined ? '–' : times(speed),
  spread === undefined ? '–' : percent(spread),
  ratio === undefined ? '–' : `${ratio.toFixed(1)}×`,
]

/** Everything that was measured, for people. */
export const resamplerTables = ({
  reference,
  engines,
  stages,
}: ResamplerData): Table[] => {
  const measured = engines.filter(({ absent }) => absent === undefined)
  const pairs = new Map<string, ResamplerRow[]>()
  for (const row of measured) {
    const title = `${row.from} → ${row.to} Hz`
    pairs.set(title, [...(pairs.get(title) ?? []), row])
  }
  const note = `One channel, one core. Of tones up to 0.9 of the lower Nyquist frequency the least signal-to-error ratio and the largest change of level; of tones from 1.1 of it on how far aliases are down. Speed in × real time; that of ffmpeg includes its process and two pipes. To: speed against ${reference}.`
  return [
    ...[...pairs].map(([title, rows], i) => ({
      title: `Resampling ${title}`,
      ...(i === 0 && { note }),
      head: [
        'resampler',
        'error dB',
        'aliases dB',
        'ripple dB',
        'speed',
        '±',
        `to ${reference}`,
      ],
      rows: rows.map(cells),
    })),
    ...(stages.length > 0
      ? [
          {
            title: 'Resampler and Chunker as stages, into nothing',
            note: 'To 16,000 Hz mono in chunks of 50 ms, in × real time.',
            head: [
              'engine',
              'rate',
              'channels',
              'frames a chunk',
              'speed',
              '±',
            ],
            rows: stages.map(row => [
              row.engine,
              String(row.rate),
              String(row.channels),
              String(row.frames),
              times(row.speed),
              percent(row.spread),
            ]),
          },
        ]
      : []),
  ]
}
