import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import t from 'tap'
import type { Cue } from '../../../lib/captions/cues/cue.ts'
import { readCaptions } from '../../../lib/captions/read/caption-reader.ts'
import { hasFfmpeg, toSrtByFfmpeg } from '../../fixtures/caption-readers.ts'
import { readPlainVtt } from '../../fixtures/captions.ts'

/** Cues and warnings of a text, and the lines of each cue as one text. */
const read = (
  text: string,
): { cues: Cue[]; texts: string[]; warnings: string[] } => {
  const warnings: string[] = []
  const cues = readCaptions(text, {
    format: 'vtt',
    onWarning: ({ message }) => warnings.push(message),
  })
  return { cues, warnings, texts: cues.map(cue => cue.lines.join('|')) }
}

const wild = `WEBVTT - a title
X-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000

NOTE a note
of two lines

STYLE
::cue(b) { color: red }

REGION
id:fred

id 1
00:01.000 --> 00:02.000 align:start position:10%
<v Ann>Two lines
of &lt;text&gt;</v>

2
00:00:03.000 --> 00:00:04.000
<i>leans</i> &amp; <c.yellow>yellow</c>

NOTE

00:00:05.000 --> 00:00:06.000
no name
00:00:07.000 --> 00:00:08.000
no blank line above`

t.test('reads everything in the standard', async t => {
  const { cues, texts, warnings } = read(wild)
  t.strictSame(texts, [
    'Two lines|of <text>',
    'leans & yellow',
    'no name',
    'no blank line above',
  ])
  t.strictSame(cues[0], {
    start: 1000,
    end: 2000,
    lines: ['Two lines', 'of <text>'],
    speaker: 'Ann',
  })
  t.strictSame(warnings, [])
  for (const end of ['\r', '\r\n'])
    t.strictSame(read(`\ufeff${wild.replaceAll('\n', end)}\n`).cues, cues)
})

t.test('a header alone, or with a cue right below it', async t => {
  t.strictSame(read('WEBVTT'), { cues: [], texts: [], warnings: [] })
  t.strictSame(read('WEBVTT\n00:01.000 --> 00:02.000\na').texts, ['a'])
})

t.test('reads two voices as two overlapping cues', async t => {
  const { cues } = read(
    'WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>Hi</v>\n<v Bob>Ho</v>',
  )
  t.strictSame(cues, [
    { start: 1000, end: 2000, lines: ['Hi'], speaker: 'Ann' },
    { start: 1000, end: 2000, lines: ['Ho'], speaker: 'Bob', channel: 1 },
  ])
})

t.test('cues without text are dropped', async t => {
  const { texts, warnings } = read(
    'WEBVTT\n\n00:01.000 --> 00:02.000\n\n00:02.000 --> 00:03.000\n<i></i>\n&lrm;\n\n00:03.000 --> 00:04.000',
  )
  t.strictSame([texts, warnings], [[], []])
})

t.test('reports damage with its line and reads the rest', async t => {
  const { cues, warnings } = read(`1
00:00:01,000 --> 00:00:02,000
as in SRT

lost

00:02.000 --> never
lost

NOTE a note is not
00:03.000 --> 00:03.000
no length

name
of two lines
00:05.000 --> 00:06.000
nul \0

WEBVTT
X-TIMESTAMP-MAP=MPEGTS:1

lost too`)
  t.strictSame(
    cues.map(({ start, end, lines }) => [start, end, ...lines]),
    [
      [1000, 2000, 'as in SRT'],
      [3000, 3001, 'no length'],
      [5000, 6000, 'nul \ufffd'],
    ],
  )
  t.match(
    warnings.map(text => text.slice(0, 40)),
    [
      "line 1: the file does not begin with 'WEB",
      'line 2: these times are not valid WebVTT,',
      'line 5: this text belongs to no cue and i',
      'line 7: these times cannot be read; the c',
      'line 11: this cue does not end after it b',
      'line 14: this text belongs to no cue and ',
      'line 22: this text belongs to no cue and ',
    ].map(text => text.slice(0, 40)),
  )
})

/** The validator leaves the `;` of entities, so there are none. */
const payload = fc.constantFrom(
  'word',
  ' ',
  '\n',
  '<i>',
  '</i>',
  '<b.loud>',
  '<c.red>',
  '<lang en>',
  '</lang>',
  '<00:00:01.500>',
  '<unk>',
  '</v>',
  '<',
  '&',
  '>',
  '1',
  'NOTE',
  '東京',
)
const block = fc.oneof(
  fc.constantFrom('NOTE', 'NOTE x\ny', 'STYLE\n::cue {}', '\n', 'REGION\nid:a'),
  fc
    .record({
      id: fc.constantFrom('', '1\n', 'id\n'),
      start: fc.nat(59),
      length: fc.integer({ min: 1, max: 9 }),
      hours: fc.constantFrom('', '00:', '123:'),
      settings: fc.constantFrom('', ' align:start', '\tline:0', ' bad:'),
      text: fc.array(payload, { maxLength: 12 }).map(parts => parts.join('')),
    })
    .map(({ id, start, length, hours, settings, text }) => {
      const digits = String(start).padStart(2, '0')
      return `${id}${hours}00:${digits}.000 --> ${hours}00:${digits}.00${length}${settings}\n${text}`
    }),
)

t.test("the standard's validator reads the same cues", t => {
  fc.assert(
    fc.property(fc.array(block, { maxLength: 8 }), blocks => {
      const text = `WEBVTT\n\n${blocks.join('\n\n')}\n`
      const mine = read(text).cues.map(({ start, end, lines }) => [
        start,
        end,
        lines.join(' '),
      ])
      const theirs = readPlainVtt(text).flatMap(({ start, end, text }) => {
        const lines = text.replaceAll(/[ \n]+/g, ' ').trim()
        return lines === '' ? [] : [[start, end, lines]]
      })
      // The validator sorts those that start at once.
      const inOrder = (cues: unknown[][]): string[] =>
        cues.map(cue => JSON.stringify(cue)).sort()
      assert.deepEqual(inOrder(mine), inOrder(theirs))
    }),
  )
  t.end()
})

const skip = hasFfmpeg ? false : 'ffmpeg is not installed'

t.test('ffmpeg reads the same cues', { skip }, async t => {
  // it takes no style, no region, and a cue only below a blank line
  const text = wild
    .replace(/STYLE[^]+(?=id 1)/, '')
    .replace('no name\n', 'no name\n\n')
  const theirs = readCaptions(toSrtByFfmpeg(text, 'webvtt'), { format: 'srt' })
  const mine = read(text).cues.map(({ start, end, lines }) => ({
    start,
    end,
    lines,
  }))
  t.strictSame(theirs, mine)
  t.equal(mine.length, 4)
})
