import type { ThroughputData } from '../../throughput/throughput-tables.ts'
import {
  powersOfTen,
  fitText,
  short,
  widthOf,
  WIDE,
  type Chart,
} from '../chart.ts'

const LINE = 26

type Spot = {
  readonly name: string
  readonly kind: string
  readonly speed: number
  readonly spread: number
}

/** How fast everything is, on one scale. */
export const speedsChart = (data: ThroughputData): Chart | undefined => {
  const texts = data.texts.flatMap(({ model, beside, ...text }): Spot[] => [
    { name: `voxpipe ${model}`, kind: 'text', ...text },
    ...beside.map(({ name, ...other }) => ({
      name: `${name} ${model}`,
      kind: 'other',
      ...other,
    })),
  ])
  const stages = data.stages
    .map(({ stage, ...rest }): Spot => ({
      name: stage,
      kind: 'stage',
      ...rest,
    }))
    .toSorted((a, b) => a.speed - b.speed)
  const spots = [...texts, ...stages]
  if (spots.length === 0) return undefined
  const places = spots.map(spot => ({
    ...spot,
    low: spot.speed * (1 - Math.min(0.9, spot.spread)),
    high: spot.speed * (1 + spot.spread),
    told: `${short(spot.speed)}×`,
  }))
  const others = spots.some(({ kind }) => kind === 'other')
  const titleOf = { text: 'files to text', other: 'others', stage: 'stages' }
  return {
    title: 'How fast, in × real time',
    about:
      'At 60× an hour of audio takes a minute. The scale is logarithmic: each step to the next line is ten times as fast. The line through a dot is how far the runs lie apart.',
    keys: [
      { label: 'files to text', colour: 'var(--series-1)', mark: 'dot' },
      ...(others
        ? [
            {
              label: 'others',
              colour: 'var(--series-2)',
              mark: 'ring',
            } as const,
          ]
        : []),
      { label: 'stages', colour: 'var(--series-3)', mark: 'dot' },
    ],
    numbers: {
      title: 'Speed, × real time',
      head: ['what', 'kind', 'median', 'spread'],
      rows: spots.map(({ name, kind, speed, spread }) => [
        name,
        titleOf[kind as keyof typeof titleOf],
        `${short(speed)}×`,
        `± ${(spread * 100).toFixed(0)} %`,
      ]),
    },
    draw: ({ marks, draw }, width) => {
      const longest = Math.max(...spots.map(({ name }) => widthOf(name)))
      const marginLeft = Math.min(longest, width === WIDE ? 240 : 130) + 12
      const solid = places.filter(({ kind }) => kind !== 'other')
      const rings = places.filter(({ kind }) => kind === 'other')
      const slow = Math.min(1, ...places.map(({ low }) => low))
      const fast = Math.max(...places.map(({ high }) => high))
      return draw({
        width,
        height: spots.length * LINE + 48,
        marginLeft,
        marginRight: 62,
        marginTop: 4,
        marginBottom: 40,
        x: {
          type: 'log',
          domain: [slow, fast],
          label: '× real time',
          grid: true,
          ticks: powersOfTen(slow, fast),
          tickFormat: '~s',
        },
        y: { axis: null, domain: spots.map(({ name }) => name) },
        marks: [
          marks.ruleY(places, {
            y: 'name',
            stroke: 'var(--line)',
          }),
          marks.ruleY(places, {
            y: 'name',
            x1: 'low',
            x2: 'high',
            strokeWidth: 2,
          }),
          marks.dot(solid, {
            x: 'speed',
            y: 'name',
            r: 6,
            stroke: 'var(--paper)',
            fill: ({ kind }: Spot) =>
              kind === 'text' ? 'var(--series-1)' : 'var(--series-3)',
          }),
          marks.dot(rings, {
            x: 'speed',
            y: 'name',
            r: 5,
            strokeWidth: 3,
            stroke: 'var(--series-2)',
            fill: 'var(--paper)',
          }),
          marks.text(places, {
            y: 'name',
            x: 'high',
            text: 'told',
            textAnchor: 'start',
            dx: 12,
            stroke: 'var(--paper)',
            strokeWidth: 4,
            fill: 'currentColor',
          }),
          marks.text(places, {
            y: 'name',
            frameAnchor: 'left',
            textAnchor: 'end',
            dx: -8,
            text: ({ name }: Spot) => fitText(name, marginLeft - 12),
          }),
        ],
      })
    },
  }
}
