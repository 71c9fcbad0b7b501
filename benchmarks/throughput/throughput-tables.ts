import type { Distribution } from '../statistics.ts'
import type { Table } from '../suite.ts'

/** Stages that are measured alone, and the line that most audio goes. */
export const stageNames = [
  'decode wav',
  'decode mp3',
  'decode flac',
  'decode opus',
  'resample',
  'chunk',
  'format srt',
  'decode → resample → chunk',
] as const

/** One of {@link stageNames}. */
export type StageName = (typeof stageNames)[number]

/** How fast something is, as a multiple of real time. */
export type Speed = {
  /** Median of the runs. */
  readonly speed: number
  /** Half the distance of the quartiles, to the median. */
  readonly spread: number
  readonly runs: number
}

/** What the suite found out. */
export type ThroughputData = {
  readonly stages: readonly (Speed & { readonly stage: string })[]
  readonly texts: readonly (Speed & {
    readonly model: string
    /** Of speech, in s. */
    readonly seconds: number
    /** Until the engine is ready, in ms. */
    readonly loadMs: number
    /** Most resident memory, in bytes. */
    readonly peakRss: number
    /** Beside others on the same turns: our speed to theirs, run by run. */
    readonly beside: readonly (Speed & {
      readonly name: string
      readonly ratio: number
    })[]
  })[]
  /** How late the event loop comes to a timer, in ms. */
  readonly loopDelays: readonly {
    readonly while: string
    readonly delay: Distribution & { readonly p999: number | null }
  }[]
}

const times = (speed: number): string =>
  speed >= 100 ? `${Math.round(speed)}×` : `${speed.toFixed(1)}×`
const percent = (part: number): string => `${(100 * part).toFixed(0)} %`
const shown = ({ speed, spread, runs }: Speed): string[] => [
  times(speed),
  percent(spread),
  String(runs),
]
const delay = (x: number | null): string =>
  x === null ? '–' : `${x.toFixed(1)} ms`

const SPREAD = '±: half the distance between the quartiles of the runs.'

const textTable = (texts: ThroughputData['texts']): Table => {
  const names = [
    ...new Set(texts.flatMap(({ beside }) => beside.map(({ name }) => name))),
  ]
  return {
    title: 'File to text, in × real time',
    note: `${SPREAD} Memory: the most that is resident, before others are loaded. Others get the same turns, the same model and as many threads as there are cores, in the same process; ratio: our speed to theirs, round by round.`,
    head: [
      'model',
      'voxpipe',
      '±',
      'runs',
      'speech',
      'models loaded in',
      'memory',
      ...names.flatMap(name => [name, `ratio to ${name}`]),
    ],
    rows: texts.map(({ model, seconds, loadMs, peakRss, beside, ...speed }) => [
      model,
      ...shown(speed),
      `${Math.round(seconds)} s`,
      `${Math.round(loadMs)} ms`,
      `${Math.round(peakRss / 1e6)} MB`,
      ...names.flatMap(name => {
        const other = beside.find(one => one.name === name)
        return other ? [times(other.speed), other.ratio.toFixed(2)] : ['–', '–']
      }),
    ]),
  }
}

/** Everything that was measured, for people. */
export const throughputTables = ({
  stages,
  texts,
  loopDelays,
}: ThroughputData): Table[] => [
  ...(stages.length > 0
    ? [
        {
          title: 'Stages into nothing, in × real time',
          note: `From WAV: 48 kHz, stereo, 16 bits. ${SPREAD}`,
          head: ['stage', 'speed', '±', 'runs'],
          rows: stages.map(({ stage, ...speed }) => [stage, ...shown(speed)]),
        },
      ]
    : []),
  ...(texts.length > 0 ? [textTable(texts)] : []),
  ...(loopDelays.length > 0
    ? [
        {
          title: 'Delay of the event loop',
          note: 'How late it comes to a timer of 1 ms.',
          head: ['while', 'p50', 'p99', 'p99.9', 'max', 'n'],
          rows: loopDelays.map(({ while: what, delay: d }) => [
            what,
            ...[d.p50, d.p99, d.p999, d.max].map(delay),
            String(d.n),
          ]),
        },
      ]
    : []),
]
