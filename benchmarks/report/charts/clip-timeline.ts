import type {
  LatencyData,
  LatencyRow,
  MeasuredClip,
} from '../../latency/latency-data.ts'
import { fitText, WIDE, type Chart } from '../chart.ts'

/** Px a second: words that are spoken one after another have a line each. */
const SCALE = 74
const LINE = 15
const HEAD = 30
const AXIS = 34
/** Room in a lane for lines from the end of a word to its text. */
const GUTTER = 26
/** A clip near to this is long enough to show something, and fits a page. */
const BEST_MS = 7_000
const MOST_MS = 14_000

type Clip = LatencyData['clips'][number]

/** A text at a time; those that would lie on each other are one. */
type Note = { readonly at: number; readonly text: string; mark: string }

const joinNear = (notes: readonly Note[]): Note[] => {
  const joined: Note[] = []
  for (const note of notes) {
    const before = joined.at(-1)
    const near = before && note.at - before.at < (LINE / SCALE) * 1_000
    if (near && before.mark === note.mark)
      joined[joined.length - 1] = {
        ...before,
        text: before.text + note.text,
      }
    // What cannot be joined stands a line below.
    else if (near)
      joined.push({ ...note, at: before.at + (LINE / SCALE) * 1_000 })
    else joined.push(note)
  }
  return joined
}

const notesOf = ({ events }: MeasuredClip): Note[] =>
  events
    .flatMap(({ type, text, arrival }): Note[] => {
      if (type !== 'delta' && type !== 'final') return []
      const words = text?.trim().split(/\s+/).length ?? 0
      return [
        type === 'delta'
          ? { at: arrival, text: text ?? '', mark: 'delta' }
          : { at: arrival, text: `final (${words})`, mark: 'final' },
      ]
    })
    .filter(({ text }) => text.trim() !== '')

const isWhole = ({ words }: Clip): boolean =>
  words.length > 0 && words.every(({ end }) => Number.isFinite(end))

/** The clip that all rows heard whose length shows most. */
const choose = (
  clips: readonly Clip[],
  rows: readonly LatencyRow[],
): Clip | undefined =>
  clips
    .filter(clip => isWhole(clip))
    .filter(({ id }) => rows.every(row => row.clips.some(c => c.id === id)))
    .toSorted(
      (a, b) =>
        Math.abs(a.durationMs - BEST_MS) - Math.abs(b.durationMs - BEST_MS),
    )[0]

const seconds = (ms: number): string => (ms / 1_000).toFixed(2)

/** One clip: what was said, and when each engine had it. */
export const clipTimelineChart = (data: LatencyData): Chart | undefined => {
  const rows = data.rows.filter(
    ({ streams, clips }) =>
      streams === 1 && clips.some(({ events }) => events.length > 0),
  )
  const clip = choose(data.clips, rows)
  if (!clip || rows.length === 0) return undefined
  const heard = rows.map(({ name, clips }) => ({
    name,
    clip: clips.find(({ id }) => id === clip.id)!,
  }))
  const all = heard.flatMap(({ clip }) => notesOf(clip).map(({ at }) => at))
  const end = Math.min(
    MOST_MS,
    Math.max(...all, ...clip.words.map(({ end }) => end)),
  )
  return {
    title: `One clip as it is heard, in s: ${clip.id}`,
    about: `Time runs down. Left is what is said; each lane is a row: its deltas where they arrive, and its finals with how many words they have. A slanted line leads from the end of a word to where its text is: the flatter, the faster.${end === MOST_MS ? ` Only the first ${MOST_MS / 1_000} s are shown.` : ''}`,
    numbers: {
      title: `What came when, in s, of '${clip.text}'`,
      head: ['row', 'at', 'what', 'text'],
      rows: [
        ...clip.words.map(({ text, end }) => [
          'spoken',
          seconds(end),
          'end of',
          text,
        ]),
        ...heard.flatMap(({ name, clip }) =>
          clip.events
            .filter(({ type }) => type === 'delta' || type === 'final')
            .map(({ arrival, type, text = '' }) => [
              name,
              seconds(arrival),
              type,
              text.trim(),
            ]),
        ),
      ],
    },
    draw: ({ marks, draw }, width) => {
      const lanes = heard.slice(0, width === WIDE ? 4 : 2)
      const spokenWidth = width === WIDE ? 150 : 92
      const laneWidth = (width - AXIS - spokenWidth) / lanes.length
      const laneX = (i: number): number => AXIS + spokenWidth + i * laneWidth
      const inSight = ({ at }: Note): boolean => at <= end
      const said = joinNear(
        clip.words.map(({ text, start }) => ({
          at: start,
          text: ` ${text}`,
          mark: '',
        })),
      ).filter(inSight)
      const notes = lanes.flatMap(({ clip }, i) =>
        joinNear(notesOf(clip))
          .filter(inSight)
          .map(note => ({
            ...note,
            x: laneX(i) + GUTTER,
            label: fitText(note.text.trim(), laneWidth - GUTTER - 16),
          })),
      )
      const arrivals = lanes.flatMap(({ clip }, i) =>
        notesOf(clip)
          .filter(note => note.mark === 'delta' && inSight(note))
          .map(({ at }) => ({ at, x: laneX(i) + GUTTER })),
      )
      const links = lanes.flatMap(({ clip }, i) =>
        clip.words
          .filter(({ end: ended, ms }) => ended + ms <= end)
          .map(({ end: ended, ms }) => ({
            x1: laneX(i),
            x2: laneX(i) + GUTTER - 4,
            y1: ended,
            y2: ended + ms,
          })),
      )
      const heads = [
        { x: AXIS + 8, name: 'spoken', room: spokenWidth },
        ...lanes.map(({ name }, i) => ({
          x: laneX(i) + 4,
          name,
          room: laneWidth - 8,
        })),
      ]
      const finals = notes.filter(({ mark }) => mark === 'final')
      const deltas = notes.filter(({ mark }) => mark === 'delta')
      const text = { y: 'at', textAnchor: 'start' } as const
      return draw({
        width,
        height: HEAD + (end / 1_000) * SCALE + 20,
        marginLeft: 0,
        marginRight: 0,
        marginTop: HEAD,
        marginBottom: 20,
        x: { axis: null, domain: [0, width], range: [0, width] },
        y: { axis: null, domain: [end, 0] },
        marks: [
          marks.axisY({
            x: AXIS,
            anchor: 'left',
            tickSize: 4,
            label: null,
            ticks: Math.round(end / 1_000),
            tickFormat: (at: number) => `${at / 1_000}`,
          }),
          marks.gridY({ ticks: Math.round(end / 1_000), x1: AXIS, x2: width }),
          marks.rect(clip.words, {
            x1: AXIS + 2,
            x2: AXIS + 7,
            y1: 'start',
            y2: 'end',
            fill: 'var(--series-3)',
            insetTop: 0.5,
            insetBottom: 0.5,
            clip: 'frame',
          }),
          marks.text(said, {
            ...text,
            x: AXIS + 13,
            dy: 6,
            text: ({ text }: Note) => fitText(text.trim(), spokenWidth - 20),
          }),
          marks.ruleX(
            lanes.map((_, i) => laneX(i)),
            { stroke: 'var(--line)' },
          ),
          marks.link(links, {
            x1: 'x1',
            x2: 'x2',
            y1: 'y1',
            y2: 'y2',
            stroke: 'var(--series-1)',
            strokeOpacity: 0.8,
          }),
          marks.dot(arrivals, {
            x: 'x',
            y: 'at',
            r: 3,
            fill: 'var(--series-1)',
          }),
          marks.dot(finals, {
            x: 'x',
            y: 'at',
            r: 4,
            fill: 'var(--series-2)',
            symbol: 'square',
          }),
          marks.text(deltas, { ...text, x: 'x', dx: 8, text: 'label' }),
          marks.text(finals, {
            ...text,
            x: 'x',
            dx: 8,
            text: 'label',
            fontWeight: 600,
          }),
          marks.text(heads, {
            x: 'x',
            frameAnchor: 'top',
            lineAnchor: 'bottom',
            dy: -12,
            textAnchor: 'start',
            fontWeight: 600,
            text: ({ name, room }: { name: string; room: number }) =>
              fitText(name, room),
          }),
        ],
      })
    },
  }
}
