import type { Verdict } from '../suite.ts'
import type { FaultRow } from './data.ts'

type Count = 'words' | 'lost' | 'doubled' | 'reordered' | 'broken' | 'told'

/** Adds up a column. */
export const totalOf = (rows: readonly FaultRow[], key: Count): number =>
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
