import { createRequire } from 'node:module'
import t from 'tap'
import {
  markdownTable,
  markdownText,
  textTable,
  verdictTable,
  wrapText,
} from '../../../benchmarks/report/tables.ts'

const { HtmlRenderer, Parser } = createRequire(import.meta.url)(
  'commonmark',
) as {
  HtmlRenderer: new () => { render(tree: unknown): string }
  Parser: new () => { parse(text: string): unknown }
}

const table = {
  title: 'Speed',
  note: 'Higher is better.',
  head: ['engine', '×'],
  rows: [
    ['tiny', '9.5'],
    ['日本', '10'],
  ],
}

t.test('for a terminal: names left, figures right, by their width', async t => {
  t.equal(
    textTable(table),
    `Speed
Higher is better.

engine    ×
------  ---
tiny    9.5
日本     10
`,
  )
  t.equal(textTable({ ...table, rows: [] }), 'Speed\nHigher is better.\n')
})

t.test('in Markdown, with what means something there escaped', async t => {
  t.equal(
    markdownTable({ ...table, rows: [['a|b *c* <d> _e_', '1']] }),
    `### Speed

Higher is better.

| engine | × |
| :--- | ---: |
| a\\|b \\*c\\* \\<d\\> \\_e\\_ | 1 |
`,
  )
  const odd = '<b>a*b*_c_ [d](e) \\ `f` &amp; g\nh'
  const html = new HtmlRenderer().render(new Parser().parse(markdownText(odd)))
  t.equal(
    html,
    '<p>&lt;b&gt;a*b*_c_ [d](e) \\ `f` &amp;amp; g h</p>\n',
    'comes out as it went in, on one line',
  )
})

t.test('lines are broken at spaces', async t => {
  t.same(wrapText('one two three', 7), ['one two', 'three'])
  t.same(wrapText('much-too-long for it', 6), ['much-too-long', 'for it'])
  t.same(wrapText('  '), [])
})

t.test('verdicts as a table', async t => {
  const verdict = { name: 'p50', limit: '1 ms', measured: '2 ms' }
  t.same(
    verdictTable([
      { ...verdict, met: true },
      { ...verdict, met: false },
    ]).rows,
    [
      ['p50', '1 ms', '2 ms', 'met'],
      ['p50', '1 ms', '2 ms', 'MISSED'],
    ],
  )
})
