import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import * as fc from 'fast-check'
import t from 'tap'
import { cleanText } from '../../../lib/captions/cues/caption-text.ts'
import { formatCaptions } from '../../../lib/captions/caption-formatter.ts'
import type {
  FinalEvent,
  TranscriptEvent,
} from '../../../lib/core/transcript-event.ts'
import { events } from '../../fixtures/captions.ts'
import { hostileTurns } from '../../fixtures/hostile-turns.ts'

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

t.test('a paragraph is nothing else, however its lines begin', async t => {
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

t.test('shown, hostile text is what was said', t => {
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
