import { percentile } from '../../statistics.ts'
import type {
  LatencyData,
  LatencyRow,
  MeasuredClip,
} from '../../latency/latency-data.ts'
import { fitText, panelScale, WIDE, type Chart } from '../chart.ts'

/** A word: which of its turn it is, from 1, and how late it came. */
type Dot = { readonly place: number; readonly ms: number }

/** Of one panel, and between two, in px. */
const HEIGHT = 165
const GAP = 18
/** So many places before and after count into the median of one. */
const REACH = 2
/** Of fewer words a median says nothing. */
const LEAST = 4
/** More dots than this hide each other. */
const MOST_DOTS = 300
const STEPS = [
  ['1–2', 1, 2],
  ['3–5', 3, 5],
  ['6–10', 6, 10],
  ['11–20', 11, 20],
  ['21 on', 21, Infinity],
] as const

/** Places by the turns that were found, each from its first word on. */
const dotsOfClip = ({ words, onsets }: MeasuredClip): Dot[] => {
  const starts = onsets.map(({ start }) => start).toSorted((a, b) => a - b)
  const said = new Map<number, number>()
  return words.flatMap(({ end, ms }) => {
    const turn = starts.findLastIndex(start => start < end)
    if (turn < 0) return []
    const place = (said.get(turn) ?? 0) + 1
    said.set(turn, place)
    return [{ place, ms }]
  })
}

const median = (dots: readonly Dot[]): number | null =>
  percentile(
    dots.map(({ ms }) => ms).toSorted((a, b) => a - b),
    0.5,
  )

const lineOf = (dots: readonly Dot[], last: number): Dot[] => {
  const line: Dot[] = []
  for (let place = 1; place <= last; place++) {
    const near = dots.filter(dot => Math.abs(dot.place - place) <= REACH)
    if (near.length >= LEAST) line.push({ place, ms: median(near)! })
  }
  return line
}

/** Every so-manieth, so that there are not too many. */
const thin = (dots: readonly Dot[]): readonly Dot[] => {
  const every = Math.ceil(dots.length / MOST_DOTS)
  return dots.filter((_, i) => i % every === 0)
}

type Panel = { readonly name: string; readonly dots: readonly Dot[] }

const panelOf = ({ name, clips }: LatencyRow): Panel => ({
  name,
  dots: clips.flatMap(dotsOfClip),
})

const topOf = (values: readonly number[], part: number): number =>
  percentile(
    values.toSorted((a, b) => a - b),
    part,
  ) ?? 0

/** Whether words are later the longer somebody speaks; one panel a row. */
export const delayByPlaceChart = ({ rows }: LatencyData): Chart | undefined => {
  const single = rows.filter(({ streams }) => streams === 1)
  const panels = (single.length > 0 ? single : rows)
    .map(panelOf)
    .filter(({ dots }) => dots.length > 0)
  if (panels.length === 0) return undefined
  const all = panels.flatMap(({ dots }) => dots)
  // There may be more words than a call may have arguments.
  const last = all.reduce((most, { place }) => Math.max(most, place), 2)
  const tops = panels.map(({ dots }) =>
    topOf(
      dots.map(({ ms }) => ms),
      0.97,
    ),
  )
  const top = Math.max(100, ...tops)
  const floor = all.reduce((least, { ms }) => Math.min(least, ms), 0)
  return {
    title: 'Delay along an utterance, in s',
    about:
      'A dot is a word: how many words its turn had by then, and how long after its end it was there. The line is the running median over five places; where it rises, text falls behind long sentences. Few words are beyond the upper edge.',
    numbers: {
      title: 'Median delay in ms, by the place of the word in its turn',
      head: ['row', ...STEPS.map(([name]) => name)],
      rows: panels.map(({ name, dots }) => [
        name,
        ...STEPS.map(([, from, to]) => {
          const ms = median(dots.filter(d => d.place >= from && d.place <= to))
          return ms === null ? '–' : ms.toFixed(0)
        }),
      ]),
    },
    draw: ({ marks, draw }, width) => {
      const most = panels.length === 4 ? 2 : 3
      const columns = Math.min(panels.length, width === WIDE ? most : 1)
      const lines = Math.ceil(panels.length / columns)
      const cell = (width - 44 - GAP * (columns - 1)) / columns
      const at = (i: number) => ({
        fx: i % columns,
        fy: Math.floor(i / columns),
      })
      const dots = panels.flatMap(({ dots }, i) =>
        thin(dots.filter(({ ms }) => ms <= top)).map(dot => ({
          ...dot,
          ...at(i),
          s: dot.ms / 1_000,
        })),
      )
      const medians = panels.flatMap(({ dots }, i) =>
        lineOf(dots, last).map(dot => ({
          ...dot,
          ...at(i),
          s: dot.ms / 1_000,
        })),
      )
      const names = panels.map(({ name }, i) => ({
        ...at(i),
        name: fitText(name, cell - 12),
      }))
      const spot = { fx: 'fx', fy: 'fy', x: 'place', y: 's' } as const
      return draw({
        width,
        height: lines * (HEIGHT + GAP) - GAP + 44,
        marginLeft: 40,
        marginRight: 4,
        marginTop: 4,
        marginBottom: 40,
        x: {
          domain: [0, last + 1],
          label: 'word of its turn',
          ticks: 5,
          tickFormat: 'd',
        },
        y: {
          domain: [floor / 1_000, top / 1_000],
          label: null,
          insetTop: 26,
          ticks: 4,
          grid: true,
        },
        fx: panelScale(columns, cell, GAP),
        fy: panelScale(lines, HEIGHT, GAP),
        marks: [
          marks.ruleY([0], { stroke: 'var(--line)' }),
          marks.dot(dots, {
            ...spot,
            r: 2,
            fill: 'var(--series-1)',
            fillOpacity: 0.45,
          }),
          marks.line(medians, {
            ...spot,
            z: null,
            stroke: 'var(--ink)',
            strokeWidth: 2,
          }),
          marks.text(names, {
            fx: 'fx',
            fy: 'fy',
            text: 'name',
            frameAnchor: 'top-left',
            dx: 4,
            dy: 4,
            fontWeight: 600,
          }),
        ],
      })
    },
  }
}
