import t from 'tap'
import stringWidth from 'string-width'
import type { LatencyData } from '../../../benchmarks/latency/latency-data.ts'
import { latencyTables } from '../../../benchmarks/latency/latency-tables.ts'
import { textRows } from '../../../benchmarks/report/tables.ts'
import { distributionOf } from '../../../benchmarks/statistics.ts'
import { reportResults } from '../../fixtures/report-results.ts'

const data = reportResults.suites.find(({ name }) => name === 'latency')!
  .data as LatencyData

t.test('the main table fits a terminal of 80 columns', async t => {
  const [main] = latencyTables(data)
  t.same(main!.head, [
    'engine',
    'word → text',
    'first text',
    'final',
    'corrected',
    'wrong',
  ])
  for (const line of textRows(main!).split('\n'))
    t.ok(stringWidth(line) < 80, line)
})

t.test('without words and texts, it has no columns of them', async t => {
  const none = distributionOf([])
  const rows = data.rows.map(row => ({
    ...row,
    figures: {
      ...row.figures,
      wordToDelta: none,
      finalErrors: { ...row.figures.finalErrors, words: 0 },
    },
  }))
  const tables = latencyTables({ ...data, rows, speechBy: 'voice activity' })
  const [main, spread] = tables
  t.same(main!.head, ['engine', 'first text', 'final', 'corrected'])
  t.match(main!.note, /by voice activity detection over the whole clip/)
  t.notMatch(main!.note, /transcript/)
  t.notOk(spread!.rows.some(([name]) => name!.includes('word →')))
  for (const { head, rows } of tables)
    t.ok(rows.every(cells => cells.length === head.length))
})
