import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { publishedTable } from '../../../benchmarks/latency/published.ts'
import { markdownTable } from '../../../benchmarks/report/tables.ts'
import {
  openReportFolder,
  writeReport,
} from '../../../benchmarks/report/report-folder.ts'
import {
  figure,
  resultsOf,
  suiteRecord,
} from '../../fixtures/made-up-results.ts'

const results = resultsOf(
  suiteRecord('latency', {
    tables: [{ title: 'T', head: ['a', 'b'], rows: [['x', '1']] }],
    figures: [figure('latency/x', 1)],
    verdicts: [{ name: 'p50', limit: '1', measured: '2', met: false }],
    failures: [{ name: 'balanced', problem: 'no text' }],
    notes: ['OpenAI: there is no key.'],
    speech: { clips: 6, seconds: 52.4, digest: 'ab' },
  }),
  suiteRecord('faults'),
)

t.test('a report is three files, and is found again', async t => {
  const folder = t.testdir({ 'mine.txt': 'mine' })
  t.equal(await openReportFolder(join(folder, 'none')), undefined)
  t.equal(await openReportFolder(folder), undefined)
  const path = await writeReport(folder, results)
  t.equal(path, join(folder, 'report.html'))
  t.same(readdirSync(folder).sort(), [
    'mine.txt',
    'report.html',
    'report.md',
    'results.json',
  ])
  t.same(await openReportFolder(folder), results)
  await writeReport(folder, resultsOf())
  t.same(await openReportFolder(folder), resultsOf(), 'is replaced')
  t.match(
    readFileSync(join(folder, 'report.html'), 'utf8'),
    /^<!doctype html>/i,
  )
})

t.test('in Markdown, each suite with where it comes from', async t => {
  const folder = t.testdir({})
  await writeReport(folder, results)
  t.equal(
    readFileSync(join(folder, 'report.md'), 'utf8'),
    `# voxpipe bench

## latency

- By \`voxpipe bench latency\`, 2026-10-01T12:00:00.000Z, in 12 s.
- On 6 clips of speech, 52 s.
- Z80, 2 cores, 4 GiB, linux x64 6.1.0, Node v20.19.0, voxpipe 0.1.0.

### T

| a | b |
| :--- | ---: |
| x | 1 |

### What is to be reached

| figure | limit | measured |  |
| :--- | ---: | ---: | ---: |
| p50 | 1 | 2 | MISSED |

### Failures

- balanced: no text

### Notes

- OpenAI: there is no key.

${markdownTable(publishedTable)}
## faults

- By \`voxpipe bench faults\`, 2026-10-01T12:00:00.000Z, in 12 s.
- Z80, 2 cores, 4 GiB, linux x64 6.1.0, Node v20.19.0, voxpipe 0.1.0.
`,
  )
})

t.test('files of others are not overwritten', async t => {
  const folder = t.testdir({
    other: { 'results.json': '{"name":"mine"}' },
    document: { 'report.md': 'mine' },
    page: { 'report.html': 'mine' },
  })
  const refused: [string, RegExp][] = [
    ['other', /results.json' is no results.json .*choose another folder$/],
    [
      'document',
      /report.md' is not of 'voxpipe bench', and is not overwritten/,
    ],
    ['page', /report.html' is not of 'voxpipe bench'/],
    [
      'page/report.html',
      /cannot write a report to .*: it is a file; give a fo/,
    ],
  ]
  for (const [name, message] of refused)
    await t.rejects(openReportFolder(join(folder, name)), {
      code: 'VOX_INPUT',
      message,
    })
})
