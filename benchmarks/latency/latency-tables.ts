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

const count = (x: number | null): string =>
  x === null ? '–' : String(Math.round(x))
const pair = ({ p50, p95 }: Distribution): string =>
  `${count(p50)} / ${count(p95)}`
const percent = (x: number | null): string =>
  x === null ? '–' : `${(100 * x).toFixed(1)} %`
const kinds = ({ substitutions, insertions, deletions, words }: ErrorCounts) =>
  `${substitutions} / ${insertions} / ${deletions} of ${words}`

type Columns<Row> = Readonly<Record<string, (row: Row) => string>>

const tableOf = <Row extends { readonly name: string }>(
  title: string,
  first: string,
  columns: Columns<Row>,
  rows: readonly Row[],
  note?: string,
): Table => ({
  title,
  ...(note !== undefined && { note }),
  head: [first, ...Object.keys(columns)],
  rows: rows.map(row => [
    row.name,
    ...Object.values(columns).map(cell => cell(row)),
  ]),
})

const main: Columns<LatencyRow> = {
  'word → delta': ({ figures }) => pair(figures.wordToDelta),
  'onset → first': ({ figures }) => pair(figures.onsetToPartial),
  'end → final': ({ figures }) => pair(figures.endToFinal),
  'beyond silence': ({ figures }) => pair(figures.endToFinalBeyondSilence),
  'delta ≠ final': ({ figures }) => percent(figures.deltaErrors.rate),
  'word errors': ({ figures }) => percent(figures.finalErrors.rate),
  'word ends': ({ figures }) => pair(figures.timeError),
  CPU: ({ cost }) => percent(cost.load),
  memory: ({ cost }) => `${Math.round(cost.peakRss / 1e6)} MB`,
}

const meaning = (silenceMs: number): string =>
  `p50 / p95 in ms; clips are played in real time, and turns end after ${silenceMs} ms of silence. ` +
  'word → delta: from the end of a word to the delta that has it. ' +
  'onset → first: from the first word of a turn to its first text. ' +
  'end → final: from the end of the last word of a turn to its final; beyond silence: without the silence. ' +
  'delta ≠ final: what the finals correct, to the words of the finals. ' +
  'word ends: how far the end of a word in a final is from its alignment. ' +
  'CPU: of all cores. × N: so many streams at once, each with clips of its own.'

const spreads: Readonly<Record<string, (row: LatencyRow) => Distribution>> = {
  'word → delta': ({ figures }) => figures.wordToDelta,
  'onset → first': ({ figures }) => figures.onsetToPartial,
  'end → final': ({ figures }) => figures.endToFinal,
  'beyond silence': ({ figures }) => figures.endToFinalBeyondSilence,
  'word ends': ({ figures }) => figures.timeError,
}

const spreadTable = (rows: readonly LatencyRow[]): Table => ({
  title: 'Distributions, in ms',
  note: 'Percentiles are interpolated between values.',
  head: ['engine: figure', 'p50', 'p90', 'p95', 'p99', 'max', 'n'],
  rows: rows.flatMap(row =>
    Object.entries(spreads).map(([title, of]) => {
      const { p50, p90, p95, p99, max, n } = of(row)
      return [
        `${row.name}: ${title}`,
        ...[p50, p90, p95, p99, max, n].map(count),
      ]
    }),
  ),
})

const details: Columns<LatencyRow> = {
  'p50 of each run': ({ p50s }) => p50s.map(count).join(', ') || '–',
  'word errors, mean': ({ figures }) => percent(figures.meanErrorRate),
  'S / I / D': ({ figures }) => kinds(figures.finalErrors),
  'as files': ({ fileErrors }) => (fileErrors ? kinds(fileErrors) : '–'),
  'delta ≠ final S / I / D': ({ figures }) => kinds(figures.deltaErrors),
  'from finals': ({ figures }) =>
    `${figures.wordsFromFinals}, ${figures.onsetsFromFinals}`,
  'stray, cut turns': ({ figures }) =>
    `${figures.strayTurns}, ${figures.cutTurns}`,
  'ends ≤ 200 ms': ({ figures }) => percent(figures.timesWithin200),
  bias: ({ figures }) => count(figures.timeBias),
}

const costs: Columns<LatencyRow> = {
  audio: ({ audioMs }) => `${(audioMs / 1000).toFixed(0)} s`,
  'CPU s / audio s': ({ cpuPerAudio }) => cpuPerAudio.toFixed(2),
  'loop delay p99': ({ cost }) => `${cost.loopDelay.p99.toFixed(1)} ms`,
  max: ({ cost }) => `${cost.loopDelay.max.toFixed(0)} ms`,
  'source late at most': ({ maxLatenessMs }) =>
    `${maxLatenessMs.toFixed(0)} ms`,
  warnings: ({ warnings }) => String(warnings),
}

const fileColumns: Columns<FileRow> = {
  'first text': ({ first }) => pair(first),
  'last text': ({ last }) => pair(last),
  'word errors': ({ errors }) =>
    percent(errors.errors / Math.max(1, errors.words)),
  files: ({ first }) => count(first.n),
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
      count(lateness.n),
    ],
  ],
})

/** Everything that was measured, for people. */
export const latencyTables = ({
  rows,
  files,
  pacing,
  silenceMs,
}: LatencyData): Table[] => [
  ...(rows.length > 0
    ? [
        tableOf('Live transcription', 'engine', main, rows, meaning(silenceMs)),
        spreadTable(rows),
        tableOf(
          'Errors, turns, word times',
          'engine',
          details,
          rows,
          'S / I / D: substitutions, insertions, deletions. from finals: words and first texts that no delta had. stray: turns without a word in the reference; cut: while somebody spoke. bias: ends that are late are positive, ms.',
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
