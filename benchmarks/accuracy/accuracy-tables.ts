import type { Figure, Table } from '../suite.ts'
import type { AccuracyData, AccuracyRow, Difference } from './accuracy-data.ts'
import { degradationNotes } from './degrade.ts'
import { DRAWS, rateNoise, rowTitle } from './score.ts'

/** As many clips are shown; all are in the data. */
const MOST_CLIPS = 30

const percent = (rate: number): string => (100 * rate).toFixed(1)

const signed = (rate: number): string =>
  `${rate > 0 ? '+' : ''}${percent(rate)}`.replace(/^-0\.0$/, '0.0')

const range = ([low, high]: Difference['interval'], clips: number): string =>
  clips < 2 ? '–' : `${percent(low)} – ${percent(high)}`

const difference = (
  { value, interval: [low, high] }: Difference,
  clips: number,
): string =>
  clips < 2
    ? signed(value)
    : `${signed(value)} (${signed(low)} to ${signed(high)})`

const mainTable = ({ rows }: AccuracyData): Table => {
  const ways = new Set(rows.map(({ degradation }) => degradation))
  const how = [...ways].map(way => `${way}: ${degradationNotes[way]}`)
  return {
    title: 'Word error rate',
    note:
      "Substitutions, insertions and deletions to the words said, in %, all clips pooled, after Whisper's normaliser. " +
      `95 %: bootstrap over the clips (${DRAWS.toLocaleString('en')} draws), on the same draws against the clean clips. ` +
      `Mean: of the rates of clips. ${how.join('; ')}.`,
    head: [
      'model, audio',
      'WER %',
      '95 %',
      'over clean',
      'mean %',
      'S',
      'I',
      'D',
      'words',
    ],
    rows: rows.map(row => [
      rowTitle(row),
      percent(row.pooled),
      range(row.interval, row.clips.length),
      row.overClean ? difference(row.overClean, row.clips.length) : '',
      percent(row.mean),
      String(row.errors.substitutions),
      String(row.errors.insertions),
      String(row.errors.deletions),
      String(row.errors.words),
    ]),
  }
}

const differenceTable = ({ rows, differences = [] }: AccuracyData): Table[] => {
  const [first] = differences
  if (!first) return []
  const names = [...new Set(differences.map(({ name }) => name))]
  const ways = [...new Set(differences.map(({ degradation }) => degradation))]
  const { length } = rows.find(({ name }) => name === first.against)!.clips
  return [
    {
      title: `Word error rate over that of ${first.against}`,
      note: 'In points, with the 95 % interval on the same draws of clips: where 0 is not in it, the difference is more than chance.',
      head: ['audio', ...names],
      rows: ways.map(way => [
        way,
        ...names.map(name => {
          const found = differences.find(
            one => one.name === name && one.degradation === way,
          )
          return found ? difference(found, length) : ''
        }),
      ]),
    },
  ]
}

/** One model's rates by clip; the worst come first where there are too many. */
const clipTable = (name: string, rows: readonly AccuracyRow[]): Table => {
  const clips = rows[0]!.clips.map(({ id, words }, i) => ({
    id,
    words,
    rates: rows.map(row => row.clips[i]!.rate),
  }))
  const many = clips.length > MOST_CLIPS
  const shown = many
    ? clips.toSorted((a, b) => b.rates[0]! - a.rates[0]!).slice(0, MOST_CLIPS)
    : clips
  return {
    title: `Word error rate of ${name} by clip, %`,
    ...(many && {
      note: `The ${MOST_CLIPS} worst of ${clips.length}; results.json has all of them.`,
    }),
    head: ['clip', ...rows.map(({ degradation }) => degradation), 'words'],
    rows: shown.map(({ id, rates, words }) => [
      id,
      ...rates.map(percent),
      String(words),
    ]),
  }
}

/** What was found out, for people. */
export const accuracyTables = (data: AccuracyData): Table[] => {
  const { rows } = data
  if (rows.length === 0) return []
  const names = [...new Set(rows.map(({ name }) => name))]
  return [
    mainTable(data),
    ...differenceTable(data),
    ...names.map(name =>
      clipTable(
        name,
        rows.filter(row => row.name === name),
      ),
    ),
  ]
}

/** The pooled rate of each row, to compare with another run. */
export const accuracyFigures = (rows: readonly AccuracyRow[]): Figure[] =>
  rows.map(row => ({
    id: `accuracy/${row.name} ${row.degradation}/WER`,
    value: 100 * row.pooled,
    unit: '%',
    better: 'lower',
    noise: 100 * rateNoise(row.clips),
    n: row.clips.length,
  }))
