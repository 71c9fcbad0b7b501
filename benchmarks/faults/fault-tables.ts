import { noiseBetween } from '../statistics.ts'
import type { Verdict, Figure, Table } from '../suite.ts'
import type { FaultRow } from './fault-row.ts'

type Count = 'words' | 'lost' | 'doubled' | 'reordered' | 'broken' | 'told'

/** Adds up a column. */
const totalOf = (rows: readonly FaultRow[], key: Count): number =>
  rows.reduce((sum, row) => sum + row[key], 0)

/**
 * Whether the promise is kept: no word is lost and none is written twice, or
 * the reader is told what is missing.
 */
export const verdictsOn = (rows: readonly FaultRow[]): Verdict[] => {
  const verdicts: Verdict[] = []
  const able = rows.filter(({ must }) => must === 'recover')
  if (able.length > 0) {
    const [lost, doubled] = [totalOf(able, 'lost'), totalOf(able, 'doubled')]
    const others = totalOf(able, 'reordered') + totalOf(able, 'broken')
    verdicts.push({
      name: 'words lost, doubled, out of order or in parts, over faults that one can recover from',
      limit: '0',
      measured: `${lost + doubled + others} of ${totalOf(able, 'words')}`,
      met: lost + doubled + others === 0,
    })
  }
  const final = rows.filter(({ must }) => must === 'tell')
  if (final.length > 0) {
    const silent = totalOf(final, 'lost') - totalOf(final, 'told')
    const again = totalOf(final, 'doubled')
    verdicts.push({
      name: 'words lost that the reader is not told of, or doubled, where the service refuses to go on',
      limit: '0',
      measured: `${silent + again} of ${totalOf(final, 'words')}`,
      met: silent + again === 0,
    })
  }
  return verdicts
}

/**
 * What another run is compared with. How long until the next final depends on
 * where in an utterance the fault happened; so noise is by how far the runs
 * of a fault lie apart after what the same place took without any, and by how
 * late the process itself was.
 *
 * @param lateMs by how much audio came too late from its source
 */
export const figuresOf = (
  rows: readonly FaultRow[],
  lateMs: number,
): Figure[] => {
  const engines = [...new Set(rows.map(({ engine }) => engine))]
  return engines.flatMap(engine => {
    const own = rows.filter(row => row.engine === engine)
    const able = own.filter(({ must }) => must === 'recover')
    const words = (key: 'lost' | 'doubled'): Figure => ({
      id: `faults/${engine}/words ${key}`,
      value: totalOf(able, key),
      unit: 'words',
      better: 'lower',
      noise: 0,
      n: totalOf(able, 'words'),
    })
    const plain = own.find(({ id }) => id === 'none')?.recoveries ?? []
    const recoveries = own.flatMap(
      ({ id, fault, recoveryMs, recoveries }): Figure[] => {
        if (recoveryMs === null || id === 'none') return []
        const extra = recoveries.flatMap((ms, i) =>
          ms === null ? [] : [ms - (plain[i] ?? 0)],
        )
        return [
          {
            id: `faults/${engine}/${id} ${fault} → recovery p50`,
            value: recoveryMs,
            unit: 'ms',
            better: 'lower',
            noise: Math.hypot(noiseBetween(extra), lateMs),
            n: extra.length,
          },
        ]
      },
    )
    return [words('lost'), words('doubled'), ...recoveries]
  })
}

/** How the rows came about. */
type FaultSetting = {
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
