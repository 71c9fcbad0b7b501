import type { LatencyData } from '../../latency/data.ts'
import { fitText, ms, widthOf, WIDE, type Chart } from '../chart.ts'

const LINE = 26

type Ending = {
  readonly name: string
  readonly p50: number
  readonly p95: number
  readonly ours: boolean
}

const toldOf = ({ p50, p95 }: Ending): string =>
  `${Math.round(p50).toLocaleString('en')} / ${ms(p95)}`

/** How soon finals come; what others publish of themselves stands beside. */
export const endingsChart = ({
  rows,
  published,
  silenceMs,
}: LatencyData): Chart | undefined => {
  const measured = rows.flatMap(({ name, figures }): Ending[] => {
    const { p50, p95 } = figures.endToFinal
    return p50 === null || p95 === null ? [] : [{ name, p50, p95, ours: true }]
  })
  if (measured.length === 0) return undefined
  const others = published
    .map(row => ({ ...row, ours: false }))
    .toSorted((a, b) => a.p50 - b.p50)
  const all: readonly Ending[] = [...measured, ...others]
  return {
    title: 'How late finals are, in ms',
    about: `From the end of the last word of a turn to its final: the dot is the median, the line goes on to where 95 of 100 are earlier.${silenceMs > 0 ? ` ${silenceMs} ms of silence, which end a turn here, are in it.` : ''}${others.length > 0 ? ' Hollow dots are what others publish of themselves: not measured here, on other audio.' : ''}`,
    keys: [
      { label: 'measured', colour: 'var(--series-1)', mark: 'dot' },
      ...(others.length > 0
        ? [
            {
              label: 'published',
              colour: 'var(--series-2)',
              mark: 'ring',
            } as const,
          ]
        : []),
    ],
    numbers: {
      title: 'End → final',
      head: ['row', 'p50', 'p95', 'source'],
      rows: all.map(({ name, p50, p95, ours }) => [
        name,
        ms(p50),
        ms(p95),
        ours ? 'measured' : 'published',
      ]),
    },
    draw: ({ marks, draw }, width) => {
      const longest = Math.max(...all.map(({ name }) => widthOf(name)))
      const marginLeft = Math.min(longest, width === WIDE ? 240 : 120) + 12
      return draw({
        width,
        height: all.length * LINE + 48,
        marginLeft,
        marginRight: Math.max(...all.map(one => widthOf(toldOf(one)))) + 8,
        marginTop: 4,
        marginBottom: 40,
        x: {
          domain: [0, Math.max(...all.map(({ p95 }) => p95))],
          label: 'ms after the last word',
          grid: true,
          ticks: width === WIDE ? 8 : 4,
        },
        y: { axis: null, domain: all.map(({ name }) => name) },
        marks: [
          marks.ruleX([0], { stroke: 'var(--line)' }),
          marks.ruleY(all, {
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
          marks.dot(others, {
            x: 'p50',
            y: 'name',
            r: 5,
            strokeWidth: 3,
            stroke: 'var(--series-2)',
            fill: 'var(--paper)',
          }),
          marks.text(all, {
            y: 'name',
            x: 'p95',
            textAnchor: 'start',
            dx: 8,
            text: toldOf,
          }),
          marks.text(all, {
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
