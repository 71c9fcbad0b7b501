import type { LatencyData, LatencyRow } from '../../latency/latency-data.ts'
import { fitText, ms, widthOf, WIDE, type Chart, type Key } from '../chart.ts'

/** Room for one row: its name above its bars. */
const LANE = 70
const HEAD = 28
/** Axis below. */
const FOOT = 38
const STEPS = [5, 10, 20, 25, 50, 100, 200, 250, 500, 1_000, 2_000, 5_000]

const keys: readonly Key[] = [
  { label: 'came in a delta', colour: 'var(--series-1)', mark: 'area' },
  { label: 'only in the final', colour: 'var(--series-2)', mark: 'area' },
  { label: 'median', colour: 'var(--ink)', mark: 'line' },
  { label: '95 of 100 are earlier', colour: 'var(--ink)', mark: 'dashes' },
]

const wordsOf = ({ clips }: LatencyRow) => clips.flatMap(({ words }) => words)

type Bar = { name: string; x1: number; x2: number; y1: number; y2: number }

/** Bars of one row, late words on top: parts of all its words. */
const barsOf = (
  row: LatencyRow,
  { low, high, step }: { low: number; high: number; step: number },
): { readonly early: Bar[]; readonly late: Bar[] } => {
  const words = wordsOf(row)
  const [early, late]: [Bar[], Bar[]] = [[], []]
  for (let x1 = low; x1 < high; x1 += step) {
    const inside = words.filter(({ ms }) => ms >= x1 && ms < x1 + step)
    const first = inside.filter(({ from }) => from === 'delta').length
    const bar = { name: row.name, x1, x2: x1 + step }
    const [y1, y2] = [first / words.length, inside.length / words.length]
    if (y1 > 0) early.push({ ...bar, y1: 0, y2: y1 })
    if (y2 > y1) late.push({ ...bar, y1, y2 })
  }
  return { early, late }
}

const delaysOf = (title: string, rows: readonly LatencyRow[]): Chart => {
  const p95s = rows.map(({ figures }) => figures.wordToDelta.p95 ?? 0)
  const all = rows.flatMap(row => wordsOf(row).map(({ ms }) => ms))
  const most = Math.max(100, ...p95s) * 1.05
  // There may be more words than a call may have arguments.
  const least = all.reduce((a, b) => (b > -most / 4 ? Math.min(a, b) : a), 0)
  return {
    title,
    about:
      'Each lane is one row: how many of its words came how long after they had been spoken. All words before 0 were there before they ended. The slowest, beyond the right edge, are at most 5 of 100 in each row.',
    keys,
    numbers: {
      title: 'Word → delta, ms',
      head: ['row', 'p50', 'p90', 'p95', 'p99', 'max', 'words', 'from finals'],
      rows: rows.map(({ name, figures }) => {
        const { p50, p90, p95, p99, max, n } = figures.wordToDelta
        const times = [p50, p90, p95, p99, max].map(value =>
          value === null ? '–' : value.toFixed(0),
        )
        return [name, ...times, String(n), String(figures.wordsFromFinals)]
      }),
    },
    draw: ({ marks, draw }, width) => {
      const bars = width === WIDE ? 90 : 45
      const step = STEPS.find(size => (most - least) / size <= bars) ?? 10_000
      const low = Math.floor(least / step) * step
      const high = Math.ceil(most / step) * step
      const lanes = rows.map(row => barsOf(row, { low, high, step }))
      const names = rows.map(({ name }) => name)
      const lines = rows.map(({ name, figures }) => {
        const { p50, p95 } = figures.wordToDelta
        return { name, p50, p95, told: `median ${ms(p50)}, 95 % ${ms(p95)}` }
      })
      const room = (name: string): number =>
        width - 24 - widthOf(lines.find(line => line.name === name)!.told)
      const lane = { fy: 'name', y1: 'y1', y2: 'y2', insetLeft: 0.5 } as const
      return draw({
        width,
        height: rows.length * LANE + FOOT,
        marginLeft: 4,
        marginRight: 16,
        marginTop: 0,
        marginBottom: FOOT,
        x: {
          domain: [low, high],
          label: 'ms after the word ended',
          grid: true,
        },
        y: { axis: null, insetTop: HEAD },
        fy: { axis: null, domain: names, padding: 0 },
        marks: [
          marks.ruleY([0], { stroke: 'var(--line)' }),
          marks.rectY(
            lanes.flatMap(({ early }) => early),
            { ...lane, x1: 'x1', x2: 'x2', fill: 'var(--series-1)' },
          ),
          marks.rectY(
            lanes.flatMap(({ late }) => late),
            { ...lane, x1: 'x1', x2: 'x2', fill: 'var(--series-2)' },
          ),
          marks.ruleX(lines, {
            x: 'p50',
            fy: 'name',
            strokeWidth: 2,
            insetTop: HEAD,
          }),
          marks.ruleX(lines, {
            x: 'p95',
            fy: 'name',
            strokeWidth: 2,
            insetTop: HEAD,
            strokeDasharray: '4 3',
          }),
          marks.text(lines, {
            fy: 'name',
            frameAnchor: 'top-left',
            dy: 10,
            fontWeight: 600,
            text: ({ name }: { name: string }) => fitText(name, room(name)),
          }),
          marks.text(lines, {
            fy: 'name',
            frameAnchor: 'top-right',
            dy: 10,
            text: 'told',
          }),
        ],
      })
    },
  }
}

/** How late words are, for one stream and, on a scale of its own, for more. */
export const wordDelayCharts = ({ rows }: LatencyData): Chart[] => {
  const measured = rows.filter(row => wordsOf(row).length > 0)
  const single = measured.filter(({ streams }) => streams === 1)
  const several = measured.filter(({ streams }) => streams > 1)
  return [
    ...(single.length > 0
      ? [delaysOf('How late words are, in ms: one stream', single)]
      : []),
    ...(several.length > 0
      ? [delaysOf('How late words are, in ms: several streams', several)]
      : []),
  ]
}

const LINE = 26

type Ending = {
  readonly name: string
  readonly p50: number
  readonly p95: number
}

const toldOf = ({ p50, p95 }: Ending): string =>
  `${Math.round(p50).toLocaleString('en')} / ${ms(p95)}`

/** Draws how late finals are. */
export const endingsChart = ({
  rows,
  silenceMs,
}: LatencyData): Chart | undefined => {
  const measured = rows.flatMap(({ name, figures }): Ending[] => {
    const { p50, p95 } = figures.endToFinal
    return p50 === null || p95 === null ? [] : [{ name, p50, p95 }]
  })
  if (measured.length === 0) return undefined
  return {
    title: 'How late finals are, in ms',
    about: `From the end of the last word of a turn to its final: the dot is the median, the line goes on to where 95 of 100 are earlier.${silenceMs > 0 ? ` ${silenceMs} ms of silence, which end a turn here, are in it.` : ''}`,
    keys: [{ label: 'measured', colour: 'var(--series-1)', mark: 'dot' }],
    numbers: {
      title: 'End → final',
      head: ['row', 'p50', 'p95'],
      rows: measured.map(({ name, p50, p95 }) => [name, ms(p50), ms(p95)]),
    },
    draw: ({ marks, draw }, width) => {
      const longest = Math.max(...measured.map(({ name }) => widthOf(name)))
      const marginLeft = Math.min(longest, width === WIDE ? 240 : 120) + 12
      return draw({
        width,
        height: measured.length * LINE + 48,
        marginLeft,
        marginRight: Math.max(...measured.map(one => widthOf(toldOf(one)))) + 8,
        marginTop: 4,
        marginBottom: 40,
        x: {
          domain: [0, Math.max(...measured.map(({ p95 }) => p95))],
          label: 'ms after the last word',
          grid: true,
          ticks: width === WIDE ? 8 : 4,
        },
        y: { axis: null, domain: measured.map(({ name }) => name) },
        marks: [
          marks.ruleX([0], { stroke: 'var(--line)' }),
          marks.ruleY(measured, {
            y: 'name',
            x1: 'p50',
            x2: 'p95',
            strokeWidth: 2,
            marker: 'tick',
          }),
          marks.dot(measured, {
            x: 'p50',
            y: 'name',
            r: 6,
            stroke: 'var(--paper)',
            fill: 'var(--series-1)',
          }),
          marks.text(measured, {
            y: 'name',
            x: 'p95',
            textAnchor: 'start',
            dx: 8,
            text: toldOf,
          }),
          marks.text(measured, {
            y: 'name',
            frameAnchor: 'left',
            textAnchor: 'end',
            dx: -8,
            text: ({ name }: Ending) => fitText(name, marginLeft - 12),
          }),
        ],
      })
    },
  }
}
