import { noiseBetween } from '../noise.ts'
import type { Figure } from '../suite.ts'
import type { FaultRow } from './data.ts'
import { totalOf } from './verdicts.ts'

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
