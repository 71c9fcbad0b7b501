import { noiseBetween } from '../statistics.ts'
import type { Verdict, Figure } from '../suite.ts'
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
