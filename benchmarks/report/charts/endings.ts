import type { LatencyData } from '../../latency/latency-data.ts'
import { fitText, ms, widthOf, WIDE, type Chart } from '../chart.ts'

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
