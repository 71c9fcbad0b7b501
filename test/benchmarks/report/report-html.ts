import t from 'tap'
import { escapeXml } from '../../../lib/captions/formats/ttml.ts'
import { loadChartTool } from '../../../benchmarks/report/chart-tool.ts'
import { reportHtml } from '../../../benchmarks/report/report-html.ts'
import type { Results } from '../../../benchmarks/results.ts'
import { reportResults } from '../../fixtures/report-results.ts'

const tool = await loadChartTool()

/** Text of HTML, as far as it matters here. */
const textOf = (html: string): string =>
  html
    .replaceAll(/<style>[^]*?<\/style>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')

const withTool = reportHtml(reportResults, tool)
const without = reportHtml(reportResults, undefined)

t.test('has no script and loads nothing', async t => {
  t.ok(tool, 'charts are drawn here')
  for (const html of [withTool, without]) {
    t.ok(html.startsWith('<!doctype html>'))
    t.ok(html.includes(`Content-Security-Policy" content="default-src 'none';`))
    const never = [
      /<(script|link|img|iframe|object|embed|form|base)\b/i,
      /\son\w+\s*=|javascript:|@import|url\((?!#)|https?:/i,
      /\bundefined\b|\bNaN\b|\[object/,
    ]
    t.same(
      never.map(pattern => pattern.exec(html)?.[0]),
      never.map(() => undefined),
    )
    const inside = [...html.matchAll(/href="([^"]*)"/g)].map(found => found[1])
    for (const href of inside) t.match(href, /^#/, 'links lead to the page')
  }
})

t.test('verdicts, failures and the machine are there first', async t => {
  const text = textOf(withTool)
  const places = [
    'voxpipe bench all',
    'AMD EPYC, 2 cores, 24 GiB',
    '1 of 6 limits missed ; 1 case failed',
    'the faults is as it is to be',
    'decode flac failed: the output has 3 samples too few',
    'How late',
    'How right',
    'How fast',
    'What is lost',
    'voxpipe bench latency',
  ].map(
    part =>
      [
        part,
        text.replaceAll(' ;', ';').indexOf(part.replace(' ;', ';')),
      ] as const,
  )
  for (const [part, place] of places) t.ok(place >= 0, part)
  const order = places.map(([, place]) => place)
  t.same(
    order,
    order.toSorted((a, b) => a - b),
    'in this order',
  )
})

t.test('begins with the answer, and shows the main table first', async t => {
  for (const html of [withTool, without]) {
    const text = textOf(html)
    const places = [
      'balanced, base: words come',
      'this machine carries 11 such streams.',
      'Streams: found by playing more and more',
      'Latency: how late is the text?',
      'Live text',
      'Word → delta, ms',
      'What is to be reached',
      'Published figures of services, not measured here',
      'Soniox stt-rt-v5 260 / 305 2026-06',
      'Capacity: how many streams at the same time?',
    ]
    let from = 0
    for (const part of places) {
      from = text.indexOf(part, from)
      t.ok(from >= 0, part)
      if (from < 0) return
    }
  }
})

t.test('all cells, notes and figures of all suites are there', async t => {
  for (const html of [withTool, without]) {
    const missing = reportResults.suites.flatMap(suite =>
      [
        suite.command,
        ...suite.notes,
        ...suite.figures.map(({ id }) => id),
        ...suite.tables.flatMap(({ title, head, rows }) => [
          title,
          ...head,
          ...rows.flat(),
        ]),
        ...suite.verdicts.flatMap(v => [v.name, v.limit, v.measured]),
        ...suite.failures.flatMap(({ name, problem }) => [name, problem]),
      ].filter(part => !html.includes(escapeXml(part))),
    )
    t.same(missing, [])
  }
})

t.test('without the tool there are the numbers of the charts', async t => {
  t.notOk(/<svg\s+class="chart/.test(without))
  t.ok(
    textOf(without).includes(
      'npm install @observablehq/plot @mixmark-io/domino',
    ),
  )
  t.notOk(withTool.includes('npm install'))
  t.equal(withTool.match(/<svg\s+class="chart/g)?.length, 16, 'two of each')
  // The same numbers, open where nothing is drawn.
  for (const html of [withTool, without])
    for (const number of ['25.7×', '151.0 dB', '666 ms', '5.5 %'])
      t.ok(html.includes(`>${number}<`), number)
})

/** What is one of a few names, or a key. */
const fixed = new Set(['from', 'type', 'turn', 'name', 'degradation', 'must'])

t.test('escapes text from outside everywhere', async t => {
  const evil = `<script>alert(1)</script>"'&<b onload=x> \u0000\u202e`
  const spoil = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(spoil)
    if (typeof value === 'string') return value + evil
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(
      Object.entries(value).map(([key, inside]) => [
        key,
        fixed.has(key) && !('streams' in value) ? inside : spoil(inside),
      ]),
    )
  }
  const spoilt = {
    ...(spoil(reportResults) as Results),
    schema: 1 as const,
    suites: reportResults.suites.map(suite => ({
      ...(spoil(suite) as typeof suite),
      name: suite.name,
    })),
  }
  for (const html of [
    reportHtml(spoilt, tool),
    reportHtml(spoilt, undefined),
  ]) {
    for (const never of ['<script', '<b ', '\u0000', 'cannot be drawn'])
      t.notOk(html.includes(never), JSON.stringify(never))
    t.ok(html.includes('&lt;script&gt;alert(1)'))
  }
})

t.test('data of another version leaves the tables', async t => {
  const suites = reportResults.suites.map(suite => ({ ...suite, data: {} }))
  const html = reportHtml({ ...reportResults, suites }, tool)
  t.ok(html.includes('charts of these figures cannot be drawn'))
  t.ok(html.includes('1294 MB'))
})

t.test('writes a report even without measurements', async t => {
  const html = reportHtml({ ...reportResults, suites: [] }, tool)
  t.notOk(html.includes('class="verdict'), 'there are no limits to speak of')
  const empty = reportResults.suites.map(suite => ({
    ...suite,
    tables: [],
    figures: [],
    verdicts: [],
    failures: [],
    notes: [],
    data: {
      rows: [],
      files: [],
      clips: [],
      stages: [],
      texts: [],
      loopDelays: [],
      engines: [],
    },
  }))
  const bare = reportHtml({ ...reportResults, suites: empty }, tool)
  t.notOk(bare.includes('cannot be drawn'))
  t.notOk(/<svg\s+class="chart/.test(bare))
})
