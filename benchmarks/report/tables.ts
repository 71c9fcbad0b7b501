import stringWidth from 'string-width'
import type { Table, Verdict } from '../suite.ts'

const WIDTH = 79

/** A text in lines of so many columns, where its words are short enough. */
export const wrapText = (text: string, width = WIDTH): string[] => {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && stringWidth(longer) > width) {
      lines.push(line)
      line = word
    } else line = longer
  }
  return line === '' ? lines : [...lines, line]
}

const linesOf = (lines: readonly string[]): string =>
  lines.map(line => `${line}\n`).join('')

/** Rows in columns as wide as what is in them: names left, figures right. */
export const textRows = ({
  head,
  rows,
}: Pick<Table, 'head' | 'rows'>): string => {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map(row => stringWidth(row[column] ?? ''))),
  )
  const line = (row: readonly string[]): string =>
    widths
      .map((width, column) => {
        const cell = row[column] ?? ''
        const room = ' '.repeat(width - stringWidth(cell))
        return column === 0 ? cell + room : room + cell
      })
      .join('  ')
      .trimEnd()
  const rule = widths.map(width => '-'.repeat(width)).join('  ')
  return linesOf([line(head), rule, ...rows.map(line)])
}

/** A table for a terminal. */
export const textTable = (table: Table): string => {
  const note = table.note === undefined ? [] : wrapText(table.note)
  const rows = table.rows.length === 0 ? '' : `\n${textRows(table)}`
  return linesOf([table.title, ...note]) + rows
}

/** Text in Markdown that stays what it is, on one line. */
export const markdownText = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/[\\|<>&`*_[\]]/g, mark => `\\${mark}`)

/** Rows in Markdown; figures on the right. */
export const markdownRows = ({
  head,
  rows,
}: Pick<Table, 'head' | 'rows'>): string => {
  const line = (row: readonly string[]): string =>
    `| ${head.map((_, i) => markdownText(row[i] ?? '')).join(' | ')} |\n`
  const rule = `| ${head.map((_, i) => (i === 0 ? ':---' : '---:')).join(' | ')} |\n`
  return line(head) + rule + rows.map(line).join('')
}

/**
 * A table in Markdown.
 *
 * @param level of its title: 3 is `###`
 */
export const markdownTable = (table: Table, level = 3): string =>
  [
    `${'#'.repeat(level)} ${markdownText(table.title)}\n`,
    ...(table.note === undefined ? [] : [`${markdownText(table.note)}\n`]),
    markdownRows(table),
  ].join('\n')

/** What was to be reached, as a table. */
export const verdictTable = (verdicts: readonly Verdict[]): Table => ({
  title: 'What is to be reached',
  head: ['figure', 'limit', 'measured', ''],
  rows: verdicts.map(({ name, limit, measured, met }) => [
    name,
    limit,
    measured,
    met ? 'met' : 'MISSED',
  ]),
})
