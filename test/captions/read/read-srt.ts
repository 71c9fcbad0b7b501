import t from 'tap'
import type { Cue } from '../../../lib/captions/cues/cue.ts'
import { readCaptions } from '../../../lib/captions/read/caption-reader.ts'
import { hasFfmpeg, toSrtByFfmpeg } from '../../fixtures/caption-readers.ts'

/** Cues and warnings of a text, and the lines of each cue as one text. */
const read = (
  text: string,
): { cues: Cue[]; texts: string[]; warnings: string[] } => {
  const warnings: string[] = []
  const cues = readCaptions(text, {
    format: 'srt',
    onWarning: ({ message }) => warnings.push(message),
  })
  return { cues, warnings, texts: cues.map(cue => cue.lines.join('|')) }
}

const wild = `1
00:00:01,000 --> 00:00:02,500
Two lines
of text

2
00:00:03,000 --> 00:00:04,000 X1:40 X2:600 Y1:400 Y2:450
<i>leans</i> <font color="#ff0000">red</font> <b>bold</b>

7
00:00:05,000 --> 00:00:06,000
{\\an8}on top, wrong number

00:00:07.000 --> 00:00:08.000
no number, points
9
0:00:09,000 --> 0:00:10,000
no blank line above
`

t.test('what real files contain', async t => {
  const { texts, warnings, cues } = read(wild)
  t.strictSame(texts, [
    'Two lines|of text',
    'leans red bold',
    'on top, wrong number',
    'no number, points',
    'no blank line above',
  ])
  t.strictSame(warnings, [])
  t.strictSame(cues[4], {
    start: 9000,
    end: 10_000,
    lines: ['no blank line above'],
  })
  for (const end of ['\r', '\r\n'])
    t.strictSame(read(wild.replaceAll('\n', end)).cues, cues)
  t.strictSame(read(wild.replaceAll('\n\n', '\n \t\n')).cues, cues)
  t.strictSame(read(`\n\n${wild}\n\n\n`).cues, cues)
})

t.test('a blank line, or a number, within a text is kept', async t => {
  const { texts } = read(`1
00:00:01,000 --> 00:00:02,000
above

below

2
00:00:03,000 --> 00:00:04,000
How many?
42

3
00:00:05,000 --> 00:00:06,000
12

4

00:00:07,000 --> 00:00:08,000
1999
`)
  t.strictSame(texts, ['above|below', 'How many?|42', '12', '1999'])
})

t.test('markup is taken off, other text in brackets is not', async t => {
  const plain = (text: string): string[] =>
    read(`00:01,000 --> 00:02,000\n${text}`).texts
  t.strictSame(plain('<I>a</I><br>b<br/>c'), ['a|b|c'])
  t.strictSame(plain('{\\an8\\i1}a{\\i0}\\Nb {y:i}c\\hd'), ['a|b c\u00a0d'])
  t.strictSame(plain('<laughs> 1 < 2 > 0 {ok} &amp; <i'), [
    '<laughs> 1 < 2 > 0 {ok} &amp; <i',
  ])
  t.strictSame(plain('<font\ncolor="red">a</font>'), ['a'])
  t.strictSame(plain('a \u0000\u001b[2J\ufeff b'), ['a [2J b'])
})

t.test('cues without text are dropped', async t => {
  const { texts, warnings } = read(`1
00:00:01,000 --> 00:00:02,000

2
00:00:02,000 --> 00:00:03,000
<i> </i>

3
00:00:03,000 --> 00:00:04,000
4
00:00:04,000 --> 00:00:05,000
\u200b
5
00:00:05,000 --> 00:00:06,000
text
`)
  t.strictSame(texts, ['text'])
  t.strictSame(warnings, [])
})

t.test('reports damage with its line and reads the rest', async t => {
  const { cues, warnings } = read(`an advertisement
1
00:00:01,000 --> 00:00:0x
end lost

2
00:xx:02,000 --> 00:00:03,000
all lost

3
00:00:05,000 --> 00:00:04,000
backwards

4
-00:00:02,000 --> 00:00:06,500
begins early

5
-00:00:02,000 --> -00:00:01,000
too early

6
00:00:07,000 --> 00:00:08,000
last

7
00:00:09,0`)
  t.strictSame(
    cues.map(({ start, end, lines }) => [start, end, ...lines]),
    [
      [1000, 1001, 'end lost'],
      [5000, 5001, 'backwards'],
      [0, 6500, 'begins early'],
      [7000, 8000, 'last'],
    ],
  )
  t.match(warnings, [
    /^line 1: the text before the first cue/,
    /^line 3: the cue's end time cannot be read/,
    /^line 7: these times cannot be read/,
    /^line 11: this cue does not end after/,
    /^line 15: this cue begins before 0/,
    /^line 19: this cue ends before 0/,
    /^line 23: the file ends within the cue after/,
  ])
})

t.test('overlapping cues get separate channels', async t => {
  const { cues } = read(`00:01,000 --> 00:09,000
sign

00:02,000 --> 00:04,000
one

00:03,000 --> 00:05,000
two

00:04,500 --> 00:06,000
three

00:09,000 --> 00:10,000
four
`)
  t.strictSame(
    cues.map(({ channel }) => channel),
    [undefined, 1, 2, 1, undefined],
  )
})

t.test('cuts endless text with a warning', async t => {
  const line = `${'x'.repeat(2 ** 20)}\n`
  const { cues, warnings } = read(
    `00:01,000 --> 00:02,000\n${line.repeat(6)}\n00:03,000 --> 00:04,000\nend`,
  )
  t.equal(cues[0]!.lines.length, 4)
  t.strictSame(cues[1]!.lines, ['end'])
  t.match(warnings, [/^line 6: this cue is too long/])
})

t.test('reports the first problems and the number of others', async t => {
  const { warnings } = read('00:xx --> 1\nlost\n\n'.repeat(1000))
  t.equal(warnings.length, 21)
  t.equal(warnings.at(-1), '980 more lines are damaged')
})

const skip = hasFfmpeg ? false : 'ffmpeg is not installed'

t.test('ffmpeg reads the same cues', { skip }, async t => {
  for (const text of [
    wild,
    wild.replaceAll('\n', '\r\n'),
    '5\n00:00:01,000 --> 00:00:02,000\na\n\nb\n\n6\n00:00:03,000 --> 00:00:04,000\nc',
  ])
    t.strictSame(read(toSrtByFfmpeg(text, 'srt')).cues, read(text).cues)
})
