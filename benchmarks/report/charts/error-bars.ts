import type { AccuracyData } from '../../accuracy/accuracy-data.ts'
import {
  colourOf,
  fitText,
  percent,
  widthOf,
  WIDE,
  type Chart,
} from '../chart.ts'

const LINE = 22

/** Word errors of each model, under each degradation. */
export const errorBarsChart = ({
  rows,
  words,
  clips,
}: AccuracyData): Chart | undefined => {
  if (rows.length === 0) return undefined
  const names = [...new Set(rows.map(({ name }) => name))]
  const kinds = [...new Set(rows.map(({ degradation }) => degradation))]
  const bars = rows.map(({ pooled, interval, ...row }) => ({
    ...row,
    rate: pooled * 100,
    low: interval[0] * 100,
    high: interval[1] * 100,
    told: percent(pooled),
  }))
  return {
    title: 'Word errors, in % of the words spoken',
    about: `What is heard wrong, left out or invented, of ${words} words in ${clips} clips; shorter is better. The line across the end of a bar is its 95 % interval: where two overlap much, their order may be chance.`,
    numbers: {
      title: 'Word errors',
      head: ['audio', 'model', 'errors', '95 % interval', 'mean of clips'],
      rows: rows.map(row => [
        row.degradation,
        row.name,
        percent(row.pooled),
        row.interval.map(percent).join(' to '),
        percent(row.mean),
      ]),
    },
    draw: ({ marks, draw }, width) => {
      const wide = width === WIDE
      const longest = Math.max(...[...names, ...kinds].map(widthOf))
      const marginLeft = Math.min(longest, wide ? 200 : 110) + 12
      const head = 24
      return draw({
        width,
        height: kinds.length * (names.length * LINE + head) + 44,
        marginLeft,
        marginRight: 56,
        marginTop: 0,
        marginBottom: 40,
        x: {
          domain: [0, Math.max(5, ...bars.map(({ high }) => high))],
          label: 'word errors, %',
          grid: true,
          ticks: wide ? 8 : 4,
        },
        y: { axis: null, domain: names, insetTop: head, padding: 0.2 },
        fy: { axis: null, domain: kinds, padding: 0 },
        marks: [
          marks.barX(bars, {
            fy: 'degradation',
            y: 'name',
            x: 'rate',
            fill: ({ name }: { name: string }) => colourOf(name, names),
            fillOpacity: 0.75, // the interval is seen on it
          }),
          marks.ruleY(bars, {
            fy: 'degradation',
            y: 'name',
            x1: 'low',
            x2: 'high',
            marker: 'tick',
            strokeWidth: 1.5,
          }),
          marks.ruleX([0], { insetTop: head }),
          marks.text(bars, {
            fy: 'degradation',
            y: 'name',
            x: 'high',
            text: 'told',
            textAnchor: 'start',
            dx: 8,
          }),
          marks.text(bars, {
            fy: 'degradation',
            y: 'name',
            frameAnchor: 'left',
            textAnchor: 'end',
            dx: -8,
            text: ({ name }: { name: string }) =>
              fitText(name, marginLeft - 12),
          }),
          marks.text(kinds, {
            fy: (kind: string) => kind,
            text: (kind: string) => kind,
            frameAnchor: 'top-left',
            dx: 4 - marginLeft,
            dy: 6,
            fontWeight: 600,
          }),
        ],
      })
    },
  }
}
