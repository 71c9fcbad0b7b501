import type {
  ResamplerData,
  ResamplerRow,
} from '../../resampler/resampler-case.ts'
import {
  widthOf,
  fitText,
  panelScale,
  powersOfTen,
  short,
  WIDE,
  type Chart,
} from '../chart.ts'

/** A dot, in px. */
type Spot = { readonly x: number; readonly y: number }

/** Where a dot's label stands: its middle left or right, from the dot. */
type Placed = {
  readonly dx: number
  readonly dy: number
  readonly textAnchor: 'start' | 'end'
}

type Box = { left: number; right: number; top: number; bottom: number }

const LABEL_HEIGHT = 14
const LABEL_GAP = 8
/** Rows above and below the dot's own that a label may go to, nearest first. */
const SHIFTS = [0, -12, 12, -16, 16, -20, 20, -26, 26, -34, 34, -48, 48]

/** How much of two boxes is the same, in px². */
const overlap = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) *
  Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top))

/**
 * Puts labels beside their dots so that none lies on another, on a dot, or
 * outside; where there is no such place, the one with the least of that.
 */
export const placeLabels = (
  spots: readonly (Spot & { readonly label: string })[],
  { width, height }: { readonly width: number; readonly height: number },
): Placed[] => {
  const taken: Box[] = spots.map(({ x, y }) => ({
    left: x - 6,
    right: x + 6,
    top: y - 6,
    bottom: y + 6,
  }))
  return spots.map(({ x, y, label }, i) => {
    const wide = widthOf(label)
    const choices = SHIFTS.flatMap(dy =>
      (['start', 'end'] as const).map(textAnchor => {
        const dx = textAnchor === 'start' ? LABEL_GAP : -LABEL_GAP
        const left = textAnchor === 'start' ? x + dx : x + dx - wide
        const top = y + dy - LABEL_HEIGHT / 2
        const box = {
          left,
          right: left + wide,
          top,
          bottom: top + LABEL_HEIGHT,
        }
        const outside =
          Math.max(0, -left, box.right - width) * LABEL_HEIGHT +
          Math.max(0, -top, box.bottom - height) * wide
        const hidden = taken
          .filter((_, other) => other !== i)
          .reduce((sum, other) => sum + overlap(box, other), outside)
        return { dx, dy, textAnchor, box, cost: hidden + Math.abs(dy) / 100 }
      }),
    )
    const { box, dx, dy, textAnchor } = choices.reduce((best, choice) =>
      choice.cost < best.cost ? choice : best,
    )
    taken.push(box)
    return { dx, dy, textAnchor }
  })
}

const HEIGHT = 250
const HEAD = 28
const LEFT = 40
const GAP = 30

type Measured = ResamplerRow & Required<Pick<ResamplerRow, 'quality' | 'speed'>>

const pairOf = ({ from, to }: ResamplerRow): string =>
  `${from / 1_000} → ${to / 1_000} kHz`

const isOurs = ({ name }: ResamplerRow): boolean => name.startsWith('voxpipe')

/** Speed against error; a panel for each pair of rates. */
export const resamplersChart = ({
  engines,
}: ResamplerData): Chart | undefined => {
  const rows = engines.filter(
    (row): row is Measured =>
      row.quality !== undefined && row.speed !== undefined,
  )
  if (rows.length === 0) return undefined
  const pairs = [...new Set(rows.map(pairOf))]
  return {
    title: 'Resamplers: speed in × real time, over signal to error in dB',
    about:
      'Further up is faster, further right is more exact; 16-bit samples tell no more than 98 dB. One channel; the scale of speeds is logarithmic.',
    keys: [
      { label: 'voxpipe', colour: 'var(--series-1)', mark: 'dot' },
      { label: 'others', colour: 'var(--series-2)', mark: 'ring' },
    ],
    numbers: {
      title: 'Resamplers',
      head: ['resampler', 'rates', 'signal to error', 'speed'],
      rows: rows.map(row => [
        row.name,
        pairOf(row),
        `${row.quality.signalToError.toFixed(1)} dB`,
        `${short(row.speed)}×`,
      ]),
    },
    draw: ({ marks, draw }, width) => {
      const columns = Math.min(pairs.length, width === WIDE ? 2 : 1)
      const lines = Math.ceil(pairs.length / columns)
      const cell = (width - LEFT - 8 - GAP * (columns - 1)) / columns
      const speeds = rows.map(({ speed }) => speed)
      const [slow, fast] = [
        Math.min(...speeds) / 1.5,
        Math.max(...speeds) * 1.5,
      ]
      const errors = rows.map(({ quality }) => quality.signalToError)
      const [worst, best] = [Math.min(0, ...errors), Math.max(...errors) * 1.06]
      const room = { width: cell, height: HEIGHT - HEAD }
      // Places in px, so that labels can be put where nothing is.
      const toX = (dB: number): number =>
        ((dB - worst) / (best - worst)) * room.width
      const toY = (speed: number): number =>
        (1 - Math.log(speed / slow) / Math.log(fast / slow)) * room.height
      const place = (i: number) => ({
        fx: i % columns,
        fy: Math.floor(i / columns),
      })
      const dots = pairs.flatMap((pair, i) => {
        const own = rows
          .filter(row => pairOf(row) === pair)
          .map(row => ({
            ...place(i),
            speed: row.speed,
            dB: row.quality.signalToError,
            label: fitText(row.name, cell * 0.6),
            ours: isOurs(row),
            x: toX(row.quality.signalToError),
            y: toY(row.speed),
          }))
        const labels = placeLabels(own, room)
        return own.map((dot, j) => ({ ...dot, ...labels[j]! }))
      })
      const titles = pairs.map((pair, i) => ({ pair, ...place(i) }))
      const spot = { fx: 'fx', fy: 'fy', x: 'dB', y: 'speed' } as const
      return draw({
        width,
        height: lines * (HEIGHT + GAP) - GAP + 44,
        marginLeft: LEFT,
        marginRight: 8,
        marginTop: 0,
        marginBottom: 40,
        x: {
          domain: [worst, best],
          label: 'signal to error, dB',
          grid: true,
          ticks: 4,
        },
        y: {
          type: 'log',
          domain: [slow, fast],
          label: null,
          grid: true,
          ticks: powersOfTen(slow, fast),
          tickFormat: '~s',
          insetTop: HEAD,
        },
        fx: panelScale(columns, cell, GAP),
        fy: panelScale(lines, HEIGHT, GAP),
        marks: [
          marks.frame({ anchor: 'bottom', stroke: 'var(--line)' }),
          marks.dot(
            dots.filter(dot => !dot.ours),
            {
              ...spot,
              r: 4.5,
              strokeWidth: 2.5,
              stroke: 'var(--series-2)',
              fill: 'var(--paper)',
            },
          ),
          marks.dot(
            dots.filter(dot => dot.ours),
            { ...spot, r: 6, fill: 'var(--series-1)' },
          ),
          ...dots.map(({ dx, dy, textAnchor, ...dot }) =>
            marks.text([dot], {
              ...spot,
              text: 'label',
              dx,
              dy,
              textAnchor,
              ...(dot.ours && { fontWeight: 600 }),
            }),
          ),
          marks.text(titles, {
            fx: 'fx',
            fy: 'fy',
            text: 'pair',
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
