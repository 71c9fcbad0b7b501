import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import * as fc from 'fast-check'
import t from 'tap'
import { formatCaptions } from '../../../lib/captions/caption-formatter.ts'
import { cleanText } from '../../../lib/captions/cues/caption-text.ts'
import type {
  FinalEvent,
  TranscriptEvent,
} from '../../../lib/core/transcript-event.ts'
import { events, finals, hostileText } from '../../fixtures/captions.ts'
import { hostileTurns } from '../../fixtures/hostile-turns.ts'

const said = (
  text: string,
  start: number,
  end: number,
  speaker?: string,
): FinalEvent => ({
  type: 'final',
  turn: '',
  text,
  start,
  end,
  ...(speaker !== undefined && { speaker }),
})

t.test('writes one line per final and marks gaps', async t => {
  t.equal(
    formatCaptions(events, { format: 'txt' }),
    `And so, my fellow Americans
[inaudible 00:00:03-00:00:05]
ask not what your country can do for you & <me>; 2 < 3 --> ask more of yourself.

JFK: Ask not.
`,
  )
})

t.test('paragraphs by speakers and silence', async t => {
  const text = formatCaptions(
    [
      { type: 'gap', start: 0, end: 900, reason: 'late' },
      said('One.', 1000, 2000, 'Ann'),
      said('Two.', 3999, 5000, 'Ann'),
      said('Three.', 7000, 8000, 'Ann'),
      said(' ', 8000, 8000, 'Bob'),
      said('Four.', 8000, 9000, 'Bob\n\nCarl'),
      said('Five.', 9000, 10_000),
      { type: 'gap', start: 10_000, end: 15_000, reason: 'late' },
      said('Six.', 15_000, 16_000),
    ],
    { format: 'txt' },
  )
  t.equal(
    text,
    `[inaudible 00:00:00-00:00:01]

Ann: One.
Two.

Three.

Bob Carl: Four.

Five.
[inaudible 00:00:10-00:00:15]

Six.
`,
  )
})

t.test('no events, no text', async t =>
  t.equal(formatCaptions([], { format: 'txt' }), ''),
)

t.test('as many lines as finals with text, whatever they hold', t => {
  fc.assert(
    fc.property(finals(hostileText), turns => {
      const text = formatCaptions(turns, { format: 'txt' })
      const lines = text.split(/\r\n|[\r\n\u0085\u2028\u2029]/)
      const said = turns.map(turn => cleanText(turn.text))
      t.equal(lines.pop(), '')
      t.notMatch(text, /^\n|\n\n\n|\n\n$/)
      t.strictSame(
        lines.filter(line => line !== ''),
        said.filter(line => line !== ''),
      )
    }),
  )
  t.end()
})

type Node = {
  readonly type: string
  readonly literal: string | null
  readonly next: Node | null
  readonly firstChild: Node | null
}
const { Parser } = createRequire(import.meta.url)('commonmark') as {
  Parser: new () => { parse(text: string): Node }
}

const md = (events: Iterable<TranscriptEvent>): string =>
  formatCaptions(events, { format: 'md' })

const childrenOf = ({ firstChild }: Node): Node[] => {
  const children: Node[] = []
  for (let node = firstChild; node; node = node.next) children.push(node)
  return children
}

const textOf = (node: Node): string => {
  if (node.type === 'softbreak') return '\n'
  assert.match(node.type, /^(paragraph|text|strong)$/)
  return node.literal ?? childrenOf(node).map(textOf).join('')
}

/** The paragraphs that CommonMark's own parser reads, and what is bold. */
const read = (text: string): { text: string; bold: string[] }[] =>
  childrenOf(new Parser().parse(text)).map(paragraph => {
    assert.equal(paragraph.type, 'paragraph')
    const strong = childrenOf(paragraph).filter(one => one.type === 'strong')
    return { text: textOf(paragraph), bold: strong.map(textOf) }
  })

const final = (text: string, start: number, speaker?: string): FinalEvent => ({
  type: 'final',
  turn: '',
  text,
  start,
  end: start + 1000,
  ...(speaker !== undefined && { speaker }),
})

t.test('paragraphs with speakers and times', async t => {
  t.equal(
    md(events),
    `[00:00:00] And so, my fellow Americans
[inaudible 00:00:03-00:00:05]
ask not what your country can do for you \\& \\<me\\>; 2 \\< 3 --\\> ask more of yourself.

**JFK** [00:00:09] Ask not.
`,
  )
  t.equal(
    md([
      final('One.', 0, 'Ann'),
      final('Two.', 2000, 'Ann'),
      final('Three.', 3_725_000, 'Ann'),
      final('Four.', 3_726_000, 'B*b'),
      final('Five.', 3_727_000),
    ]),
    `**Ann** [00:00:00] One.
Two.

**Ann** [01:02:05] Three.

**B\\*b** [01:02:06] Four.

[01:02:07] Five.
`,
  )
  t.equal(md([]), '')
})

t.test('a paragraph never looks like other Markdown', async t => {
  const lines = ['- a', '+ a', '* a', '# a', '===', '---', '1. a', '12) a']
    .concat(
      '> a',
      '```',
      '~~~',
      '<div>',
      '| a |',
      ':-',
      '[a]: b',
      '    a',
      '$x$',
    )
    .concat(
      '![a](b)',
      '`a`',
      '**a**',
      '_a_',
      '&lt;',
      'a\\',
      'https://a.b',
      '\\',
    )
  const text = md(lines.map((line, i) => final(line, i * 1000, 'Ann')))
  t.strictSame(read(text), [
    {
      text: `Ann [00:00:00] ${lines.map(line => line.trim()).join('\n')}`,
      bold: ['Ann'],
    },
  ])
})

t.test('hostile text is displayed as it was said', t => {
  fc.assert(
    fc.property(hostileTurns, turns => {
      const said = turns
        .map(({ text, speaker = '' }) => [cleanText(text), cleanText(speaker)])
        .filter(([text]) => text !== '')
      const paragraphs = read(md(turns))
      const lines = paragraphs.flatMap(({ text }) => text.split('\n'))
      assert.equal(lines.length, said.length)
      for (const [i, [text, speaker]] of said.entries()) {
        const label = / ?\[\d\d:\d\d:\d\d\] /.exec(lines[i]!)?.[0] ?? ''
        const whole = [`${speaker}${label}${text}`, text]
        assert.ok(whole.includes(lines[i]), lines[i])
      }
      for (const { bold } of paragraphs) assert.ok(bold.length <= 1)
    }),
  )
  t.end()
})

t.test('a million characters', async t => {
  const text = 'word --> <b> & *x* '.repeat(1e6 / 19)
  const [paragraph] = read(md([final(text, 0)]))
  t.equal(paragraph!.text.slice('[00:00:00] '.length), text.trim())
})

t.test("Whisper's columns in whole milliseconds", async t => {
  t.equal(
    formatCaptions(events, { format: 'tsv' }),
    'start\tend\ttext\n' +
      '0\t3200\tAnd so, my fellow Americans\n' +
      '3200\t4100\t[inaudible]\n' +
      '4100\t9000\task not what your country can do for you & <me>; 2 < 3 --> ask more of yourself.\n' +
      '9100\t9700\tAsk not.\n',
  )
})

t.test('no events, a header', async t =>
  t.equal(formatCaptions([], { format: 'tsv' }), 'start\tend\ttext\n'),
)

t.test('three columns in every row, whatever the text', t => {
  fc.assert(
    fc.property(finals(hostileText), turns => {
      const rows = formatCaptions(turns, { format: 'tsv' }).split(/[\r\n]/)
      return (
        rows.pop() === '' && rows.every(row => row.split('\t').length === 3)
      )
    }),
  )
  t.end()
})
