import type { Cost } from '../meters.ts'
import type { Distribution } from '../statistics.ts'
import type { Table } from '../suite.ts'
import { sumErrors, type ErrorCounts } from '../word-errors.ts'
import {
  type LatencyRow,
  SILENCE_MS,
  type FileRow,
  type LatencyData,
  type Pacing,
} from './latency-data.ts'
import type { PlannedRow } from './latency-plan.ts'
import type { LiveRun } from './live-case.ts'
import { poolLatency } from './pool-latency.ts'

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0)

const costOf = (costs: readonly Cost[]): Cost => {
  const of = (pick: (cost: Cost) => number): number[] => costs.map(pick)
  const wallMs = sum(of(cost => cost.wallMs))
  return {
    wallMs,
    cpuMs: sum(of(cost => cost.cpuMs)),
    load: sum(of(cost => cost.load * cost.wallMs)) / wallMs,
    peakRss: Math.max(...of(cost => cost.peakRss)),
    loopDelay: {
      p50: Math.max(...of(cost => cost.loopDelay.p50)),
      p99: Math.max(...of(cost => cost.loopDelay.p99)),
      max: Math.max(...of(cost => cost.loopDelay.max)),
    },
  }
}

/** Name of a row: what it is, its model, and how many streams. */
export const rowName = (
  { label, streams }: PlannedRow,
  model: string,
): string =>
  [label, model.replace('moonshine-', ''), streams > 1 && `× ${streams}`]
    .filter(Boolean)
    .join(' ')

/**
 * One row of several runs; of the event loop's delay the worst run.
 *
 * @param runs at least one
 */
export const latencyRow = (
  planned: PlannedRow,
  runs: readonly LiveRun[],
): LatencyRow => {
  const { choice, label, streams } = planned
  const { model } = runs[0]!
  const clips = runs.flatMap(({ clips }, run) =>
    clips.map(clip => ({ ...clip, run })),
  )
  const files = runs.flatMap(({ fileErrors }) => fileErrors ?? [])
  const cost = costOf(runs.map(({ cost }) => cost))
  const audioMs = sum(runs.map(({ audioMs }) => audioMs))
  return {
    name: rowName(planned, model),
    engine: choice.engine === 'local' ? 'local' : label,
    ...(choice.latency !== undefined && { latency: choice.latency }),
    model,
    streams,
    figures: poolLatency(clips, SILENCE_MS),
    p50s: runs.flatMap(
      ({ clips }) => poolLatency(clips, SILENCE_MS).wordToDelta.p50 ?? [],
    ),
    loads: runs.map(({ cost }) => cost.load),
    ...(files.length > 0 && { fileErrors: sumErrors(files) }),
    audioMs,
    cost,
    cpuPerAudio: cost.cpuMs / audioMs,
    maxLatenessMs: Math.max(...clips.map(clip => clip.maxLatenessMs)),
    warnings: clips
      .flatMap(({ events }) => events)
      .filter(({ type }) => type === 'warning').length,
    clips,
  }
}

/** A whole number; a dash if there is none. */
export const countOf = (x: number | null): string =>
  x === null ? '–' : String(Math.round(x))
/** `median / 95th percentile`. */
export const pairOf = ({ p50, p95 }: Distribution): string =>
  `${countOf(p50)} / ${countOf(p95)}`
/** A share in percent, with one decimal. */
export const percentOf = (x: number | null): string =>
  x === null ? '–' : `${(100 * x).toFixed(1)} %`
const kinds = ({ substitutions, insertions, deletions, words }: ErrorCounts) =>
  words === 0
    ? '–'
    : `${substitutions} / ${insertions} / ${deletions} of ${words}`

type Columns<Row> = Readonly<Record<string, (row: Row) => string>>

/** A table without the columns in which nothing was measured. */
const tableOf = <Row extends { readonly name: string }>(
  title: string,
  first: string,
  columns: Columns<Row>,
  rows: readonly Row[],
  note?: string,
): Table => {
  const filled = Object.entries(columns).filter(([, cell]) =>
    rows.some(row => cell(row) !== '–'),
  )
  return {
    title,
    ...(note !== undefined && { note }),
    head: [first, ...filled.map(([name]) => name)],
    rows: rows.map(row => [row.name, ...filled.map(([, cell]) => cell(row))]),
  }
}

const wordDelay: Columns<LatencyRow> = {
  'word → text': ({ figures }) => pairOf(figures.wordToDelta),
}
const usual: Columns<LatencyRow> = {
  'first text': ({ figures }) => pairOf(figures.onsetToPartial),
  final: ({ figures }) => pairOf(figures.endToFinal),
  corrected: ({ figures }) => percentOf(figures.deltaErrors.rate),
}
const wrong: Columns<LatencyRow> = {
  wrong: ({ figures }) => percentOf(figures.finalErrors.rate),
}

/** The columns that there is something to say in. */
const mainColumns = (rows: readonly LatencyRow[]): Columns<LatencyRow> => ({
  ...(rows.some(({ figures }) => figures.wordToDelta.n > 0) && wordDelay),
  ...usual,
  ...(rows.some(({ figures }) => figures.finalErrors.words > 0) && wrong),
})

/** What the columns of a table mean. */
const meaning = (
  columns: Columns<LatencyRow>,
  { rows, silenceMs, speechBy }: LatencyData,
): string => {
  const known =
    speechBy === 'words'
      ? 'the times of the words beside the clips'
      : 'voice activity detection over the whole clip'
  const sentences: Readonly<Record<string, string>> = {
    'word → text': 'word → text: from the end of a word until it is shown.',
    'first text': 'first text: from the moment a speaker begins.',
    final: `final: from the moment a speaker stops; it includes the ${silenceMs} ms of silence that end a turn.`,
    corrected: 'corrected: words that the final corrects.',
    wrong: 'wrong: words that differ from the transcript.',
  }
  return [
    'Median / 95th percentile in ms; the audio is played in real time.',
    ...Object.keys(columns).map(name => sentences[name]!),
    `Speech begins and ends by ${known}.`,
    ...(rows.some(({ streams }) => streams > 1)
      ? ['× N: N streams at the same time.']
      : []),
  ].join(' ')
}

const spreads: Readonly<Record<string, (row: LatencyRow) => Distribution>> = {
  'word → text': ({ figures }) => figures.wordToDelta,
  'first text': ({ figures }) => figures.onsetToPartial,
  final: ({ figures }) => figures.endToFinal,
  'final, without the silence': ({ figures }) =>
    figures.endToFinalBeyondSilence,
  'word ends': ({ figures }) => figures.timeError,
}

const spreadTable = (rows: readonly LatencyRow[]): Table => ({
  title: 'Distributions, in ms',
  note: 'Percentiles are interpolated between values.',
  head: ['engine: figure', 'p50', 'p90', 'p95', 'p99', 'max', 'n'],
  rows: rows.flatMap(row =>
    Object.entries(spreads).flatMap(([title, of]) => {
      const { p50, p90, p95, p99, max, n } = of(row)
      const values = [p50, p90, p95, p99, max, n].map(countOf)
      return n === 0 ? [] : [[`${row.name}: ${title}`, ...values]]
    }),
  ),
})

const details: Columns<LatencyRow> = {
  'p50 of each run': ({ p50s }) => p50s.map(countOf).join(', ') || '–',
  'word errors, mean': ({ figures }) =>
    figures.finalErrors.words > 0 ? percentOf(figures.meanErrorRate) : '–',
  'S / I / D': ({ figures }) => kinds(figures.finalErrors),
  'as files': ({ fileErrors }) => (fileErrors ? kinds(fileErrors) : '–'),
  'corrected S / I / D': ({ figures }) => kinds(figures.deltaErrors),
  'from finals': ({ figures }) =>
    `${figures.wordsFromFinals}, ${figures.onsetsFromFinals}`,
  'stray, cut turns': ({ figures }) =>
    `${figures.strayTurns}, ${figures.cutTurns}`,
  'ends ≤ 200 ms': ({ figures }) => percentOf(figures.timesWithin200),
  bias: ({ figures }) => countOf(figures.timeBias),
}

const costs: Columns<LatencyRow> = {
  'CPU, of all cores': ({ cost }) => percentOf(cost.load),
  memory: ({ cost }) => `${Math.round(cost.peakRss / 1e6)} MB`,
  audio: ({ audioMs }) => `${(audioMs / 1000).toFixed(0)} s`,
  'CPU s / audio s': ({ cpuPerAudio }) => cpuPerAudio.toFixed(2),
  'loop delay p99': ({ cost }) => `${cost.loopDelay.p99.toFixed(1)} ms`,
  max: ({ cost }) => `${cost.loopDelay.max.toFixed(0)} ms`,
  'source late at most': ({ maxLatenessMs }) =>
    `${maxLatenessMs.toFixed(0)} ms`,
  warnings: ({ warnings }) => String(warnings),
}

const fileColumns: Columns<FileRow> = {
  'first text': ({ first }) => pairOf(first),
  'last text': ({ last }) => pairOf(last),
  'word errors': ({ errors }) =>
    percentOf(errors.errors / Math.max(1, errors.words)),
  files: ({ first }) => countOf(first.n),
}

const pacingTable = ({ minutes, driftMs, lateness }: Pacing): Table => ({
  title: 'How well the source keeps its time',
  note: 'Chunks of 50 ms in real time to the local engine. Drift: median lateness of the last tenth of them minus that of the first.',
  head: ['played', 'drift', 'late p50', 'p99', 'max', 'chunks'],
  rows: [
    [
      `${minutes} min`,
      ...[driftMs, lateness.p50!, lateness.p99!, lateness.max!].map(
        ms => `${ms.toFixed(2)} ms`,
      ),
      countOf(lateness.n),
    ],
  ],
})

/** Returns the tables of everything that was measured. */
export const latencyTables = (data: LatencyData): Table[] => {
  const { rows, files, pacing } = data
  const main = mainColumns(rows)
  return [
    ...(rows.length > 0
      ? [
          tableOf(
            'Live transcription',
            'engine',
            main,
            rows,
            meaning(main, data),
          ),
          spreadTable(rows),
          tableOf(
            'Errors, turns, word times',
            'engine',
            details,
            rows,
            'S / I / D: substitutions, insertions, deletions. from finals: words and first texts that no delta contained. stray: turns in which nobody speaks; cut: turns that end while somebody speaks. word ends: how far the end of a word in a final is from its reference, in ms; bias: late ends are positive.',
          ),
          tableOf('Cost', 'engine', costs, rows),
        ]
      : []),
    ...(files.length > 0
      ? [
          tableOf(
            'Files, sent at once',
            'engine',
            fileColumns,
            files,
            'With stream: true; p50 / p95 in ms since a file was sent.',
          ),
        ]
      : []),
    ...(pacing ? [pacingTable(pacing)] : []),
  ]
}
