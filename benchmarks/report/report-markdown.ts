import { latencyAnswer } from '../latency/latency-answer.ts'
import { publishedTable } from '../latency/published.ts'
import { machineLine } from '../machine.ts'
import type { Results, SuiteRecord } from '../results.ts'
import { markdownTable, markdownText, verdictTable } from './tables.ts'

const listOf = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0
    ? []
    : [
        `### ${title}\n`,
        lines.map(line => `- ${markdownText(line)}\n`).join(''),
      ]

/** By what a suite was measured, and on what. */
const originOf = ({ date, seconds, speech, ...suite }: SuiteRecord): string =>
  [
    `- By \`${suite.command}\`, ${date}, in ${Math.round(seconds)} s.`,
    ...(speech
      ? [
          `- On ${speech.clips} ${speech.clips === 1 ? 'clip' : 'clips'} of speech, ${Math.round(speech.seconds)} s.`,
        ]
      : []),
    `- ${markdownText(machineLine(suite.machine))}.`,
  ]
    .map(line => `${line}\n`)
    .join('')

/** What a suite found out, under the heading that one gives it. */
export const suiteMarkdown = (suite: SuiteRecord): string =>
  [
    originOf(suite),
    ...suite.tables.map(table => markdownTable(table)),
    ...(suite.verdicts.length > 0
      ? [markdownTable(verdictTable(suite.verdicts))]
      : []),
    ...listOf(
      'Failures',
      suite.failures.map(({ name, problem }) => `${name}: ${problem}`),
    ),
    ...listOf('Notes', suite.notes),
    ...(suite.name === 'latency' ? [markdownTable(publishedTable)] : []),
  ].join('\n')

/** Results as a document in Markdown. */
export const reportMarkdown = (results: Results): string => {
  const answer = latencyAnswer(results)
  return [
    '# voxpipe bench\n',
    ...(answer
      ? [`**${markdownText(answer.sentence)}**\n`, `${answer.streams}\n`]
      : []),
    ...results.suites.map(
      suite => `## ${suite.name}\n\n${suiteMarkdown(suite)}`,
    ),
  ].join('\n')
}
