import type { Failure } from '../suite.ts'
import type { AccuracyRow } from './data.ts'

/** So many words wrong in clean speech: the texts are not what is said. */
const MOST_WRONG = 0.3

/** Whether anything was heard at all. */
export const hasText = ({ clips }: AccuracyRow): boolean =>
  clips.some(({ text }) => text.trim() !== '')

/** Name of a row, for people. */
export const rowTitle = ({ name, degradation }: AccuracyRow): string =>
  `${name}, ${degradation}`

/** What is wrong with rows: no text, or too little of it right. */
export const rowFailures = (rows: readonly AccuracyRow[]): Failure[] =>
  rows.flatMap(row => {
    const name = rowTitle(row)
    if (!hasText(row))
      return [{ name, problem: 'no text came out of any clip' }]
    if (row.degradation !== 'clean' || row.pooled <= MOST_WRONG) return []
    const worst = row.clips.reduce((a, b) => (b.errors > a.errors ? b : a))
    const part = `${(100 * row.pooled).toFixed(0)} %`
    return [
      {
        name,
        problem: `${part} of the words are wrong, most of them in '${worst.id}': check that the texts are what is said, and the language`,
      },
    ]
  })
