import type { Table } from '../suite.ts'
import type { FaultRow } from './fault-row.ts'

/** How the rows came about. */
export type FaultSetting = {
  readonly words: number
  readonly at: readonly number[]
  readonly lateMs: number
}

const NONE = '–'

const nameOf = ({ id, fault }: FaultRow): string =>
  id === 'none' ? fault : `${id} ${fault}`

const lossOf = ({ lost, told }: FaultRow): string =>
  lost === 0 ? '0' : told === 0 ? `${lost}` : `${lost}, ${told} told`

const seconds = (ms: number | null): string =>
  ms === null ? NONE : `${(ms / 1_000).toFixed(1)} s`

/** All engines beside each other: what each fault cost them. */
const lossTable = (
  rows: readonly FaultRow[],
  engines: readonly string[],
  note: string,
): Table => {
  const faults = [...new Map(rows.map(row => [nameOf(row), row])).values()]
  return {
    title: 'Words lost, by fault',
    note,
    head: ['fault', 'of', ...engines],
    rows: faults.map(one => [
      nameOf(one),
      `${one.words}`,
      ...engines.map(engine => {
        const row = rows.find(
          row => row.engine === engine && nameOf(row) === nameOf(one),
        )
        return row ? lossOf(row) : NONE
      }),
    ]),
  }
}

const engineTable = (rows: readonly FaultRow[], note: string): Table => ({
  title: `Faults: ${rows[0]!.engine}`,
  note,
  head: [
    'fault',
    'lost',
    'told',
    'doubled',
    'out of order',
    'in parts',
    'recovery',
    'reports',
  ],
  rows: rows.map(row => [
    nameOf(row),
    `${row.lost} of ${row.words}`,
    `${row.told}`,
    `${row.doubled}`,
    `${row.reordered}`,
    `${row.broken}`,
    seconds(row.recoveryMs),
    `${row.reports}`,
  ]),
})

const listOf = (words: readonly number[]): string =>
  words.length > 4
    ? `${words.length} of them, one in each run`
    : `${words.join(', ')}, one in each run`

/** For people: all engines beside each other, then each with all counts. */
export const faultTables = (
  rows: readonly FaultRow[],
  { words, at, lateMs }: FaultSetting,
): Table[] => {
  const engines = [...new Set(rows.map(({ engine }) => engine))]
  const how =
    `${words} numbered words at real time, ten to an utterance, with pauses of 0.6 s; ` +
    `the fault happens in the middle of a word: ${listOf(at)}. ` +
    'All engines have their own default settings, and hear the same audio through the same server, on loopback; voxpipe is live, and finds the turns of numbered audio itself where nothing else is said. ' +
    'Told: the transcript states a gap there, or an error ended it.'
  const when =
    'Recovery: from the fault to the first final that was not there before, median; ' +
    'without a fault, that is how long the next final takes. ' +
    `Reports: errors and warnings, all runs. Audio came at most ${lateMs.toFixed(0)} ms late (99 of 100 times).`
  const compared = engines.length > 1
  const each = engines.map(engine =>
    engineTable(
      rows.filter(row => row.engine === engine),
      compared ? when : `${how} ${when}`,
    ),
  )
  return compared ? [lossTable(rows, engines, how), ...each] : each
}
