import type { Table } from '../suite.ts'
import type { ResamplerData, ResamplerRow } from './resampler-data.ts'

const dB = (value: number | undefined): string =>
  value === undefined ? '–' : value.toFixed(1)
const ripple = (value: number): string =>
  value < 0.0001 ? '< 0.0001' : value.toFixed(4)
const times = (value: number): string =>
  value >= 100 ? `${Math.round(value)}×` : `${value.toFixed(1)}×`
const percent = (part: number): string => `${(100 * part).toFixed(0)} %`

const cells = ({ name, quality, speed, spread, ratio }: ResamplerRow) => [
  name,
  dB(quality?.signalToError),
  dB(quality?.aliases),
  quality ? ripple(quality.ripple) : '–',
  speed === undefined ? '–' : times(speed),
  spread === undefined ? '–' : percent(spread),
  ratio === undefined ? '–' : `${ratio.toFixed(1)}×`,
]

/** Everything that was measured, for people. */
export const resamplerTables = ({
  reference,
  engines,
  stages,
}: ResamplerData): Table[] => {
  const measured = engines.filter(({ absent }) => absent === undefined)
  const pairs = new Map<string, ResamplerRow[]>()
  for (const row of measured) {
    const title = `${row.from} → ${row.to} Hz`
    pairs.set(title, [...(pairs.get(title) ?? []), row])
  }
  const note = `One channel, one core. Of tones up to 0.9 of the lower Nyquist frequency the least signal-to-error ratio and the largest change of level; of tones from 1.1 of it on how far aliases are down. Speed in × real time; that of ffmpeg includes its process and two pipes. To: speed against ${reference}.`
  return [
    ...[...pairs].map(([title, rows], i) => ({
      title: `Resampling ${title}`,
      ...(i === 0 && { note }),
      head: [
        'resampler',
        'error dB',
        'aliases dB',
        'ripple dB',
        'speed',
        '±',
        `to ${reference}`,
      ],
      rows: rows.map(cells),
    })),
    ...(stages.length > 0
      ? [
          {
            title: 'Resampler and Chunker as stages, into nothing',
            note: 'To 16,000 Hz mono in chunks of 50 ms, in × real time.',
            head: [
              'engine',
              'rate',
              'channels',
              'frames a chunk',
              'speed',
              '±',
            ],
            rows: stages.map(row => [
              row.engine,
              String(row.rate),
              String(row.channels),
              String(row.frames),
              times(row.speed),
              percent(row.spread),
            ]),
          },
        ]
      : []),
  ]
}
