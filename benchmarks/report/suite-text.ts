import { comparisonTable, type Comparison } from '../compare.ts'
import { latencyAnswer } from '../latency/latency-answer.ts'
import type { Results, SuiteRecord } from '../results.ts'
import { textTable, verdictTable, wrapText } from './tables.ts'

const lines = (all: readonly string[]): string =>
  all.map(line => `${line}\n`).join('')

/** What a suite found out, for a terminal. */
export const suiteText = ({
  name,
  tables,
  verdicts,
  notes,
}: SuiteRecord): string =>
  [
    lines([name, '='.repeat(name.length)]),
    ...tables.map(textTable),
    ...(verdicts.length > 0 ? [textTable(verdictTable(verdicts))] : []),
    ...(notes.length > 0
      ? [lines(['Notes', ...notes.flatMap(note => wrapText(`- ${note}`))])]
      : []),
    '',
  ].join('\n')

const count = (number: number, what: string): string =>
  `${number} ${what}${number === 1 ? '' : 's'}`

/** The last lines of a run: limits, failures, and the answer. */
export const summaryLines = (results: Results): string[] => {
  const { suites } = results
  const answer = latencyAnswer(results)
  const verdicts = suites.flatMap(suite => suite.verdicts)
  const missed = verdicts.filter(({ met }) => !met)
  return [
    ...(verdicts.length > 0
      ? [
          `${verdicts.length - missed.length} of ${count(verdicts.length, 'stated limit')} met`,
        ]
      : []),
    ...missed.map(
      ({ name, limit, measured }) =>
        `missed: ${name}: ${measured}, limit ${limit}`,
    ),
    ...suites.flatMap(({ name, failures }) =>
      failures.map(one => `failed: ${name}: ${one.name}: ${one.problem}`),
    ),
    ...(answer
      ? ['', ...wrapText(answer.sentence), ...wrapText(answer.streams)]
      : []),
  ]
}

/**
 * What has changed since another run, for a terminal.
 *
 * @param name of the other results
 */
export const comparisonText = (comparison: Comparison, name: string): string =>
  textTable(comparisonTable(comparison, name))
