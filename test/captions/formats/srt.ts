import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import t from 'tap'
import { formatCaptions } from '../../../lib/captions/caption-formatter.ts'
import type { CaptionOptions } from '../../../lib/captions/caption-options.ts'
import type { CaptionInput } from '../../../lib/captions/cues/check-input.ts'
import type { FinalEvent } from '../../../lib/core/transcript-event.ts'
import { hasFfmpeg, readByFfmpeg } from '../../fixtures/caption-readers.ts'
import {
  events,
  finals,
  hostileText,
  plainText,
  readSrt,
  spread,
  type ReadCue,
} from '../../fixtures/captions.ts'
import { asRead, cuesOf } from '../../fixtures/cues-of.ts'
import {
  anyProfile,
  hostileTurns,
  million,
} from '../../fixtures/hostile-turns.ts'

const final = (text: string, start = 0, end = 1000): FinalEvent => ({
  type: 'final',
  turn: '',
  text,
  start,
  end,
})

t.test('numbered cues with a gap among them', async t => {
  t.equal(
    formatCaptions(events),
    `1
00:00:00,000 --> 00:00:03,200
And so, my fellow Americans

2
00:00:03,200 --> 00:00:04,100
[inaudible]

3
00:00:04,100 --> 00:00:09,000
ask not what your country can do for you
& ‹me›; 2 < 3 -> ask more of yourself.

4
00:00:09,200 --> 00:00:09,700
JFK: Ask not.

`,
  )
})

t.test('no events, no text', async t => t.equal(formatCaptions([]), ''))

t.test('hours beyond 99', async t => {
  const hour = 3_600_000
  t.match(
    formatCaptions([final('late', 100 * hour, 1234 * hour + 61_001)]),
    '100:00:00,000 --> 100:00:07,000',
  )
  t.match(
    formatCaptions([final('late', 1234 * hour + 61_001, 1235 * hour)]),
    '1234:01:01,001 --> ',
  )
})

t.test('escapes what readers could take for markup', async t => {
  const shown = (text: string): string =>
    readSrt(formatCaptions([final(text)]))[0]!.text
  t.equal(shown('a --> b ----> c'), 'a -> b -> c')
  t.equal(
    shown('<b>a</b> <unk> <font'),
    '‹b>a‹/b> ‹unk› ‹font'.replace('b>a‹/b>', 'b›a‹/b›'),
  )
  t.equal(shown('1 < 2 > 0 & &amp;'), '1 < 2 > 0 & &amp;')
  t.equal(shown('{\\an8}top C:\\Name'), '(\\an8)top C:⧵Name')
})

t.test('hostile text leaves the file valid and in order', t => {
  fc.assert(
    fc.property(finals(hostileText), turns => {
      const text = formatCaptions(turns)
      const cues = readSrt(text)
      let free = 0
      for (const cue of cues) {
        if (cue.start < free || cue.end <= cue.start) t.fail('cues overlap')
        if (/-->|<[a-z/!?]/i.test(cue.text)) t.fail('markup left')
        free = cue.end
      }
    }),
  )
  t.end()
})

const skip = hasFfmpeg ? false : 'ffmpeg is not installed'

t.test('ffmpeg reads the same cues', { skip }, async t => {
  const samples = fc.sample(finals(plainText), { numRuns: 8, seed: 7 })
  const hostile = 'a --> b <unk> {x} \\N c\r\n\r\n2\n00:00:01,000 --> 9 end'
  const turns = spread(samples.flat())
  turns.push(
    final(hostile, turns.length * 25_000, turns.length * 25_000 + 3000),
  )
  const srt = formatCaptions(turns)
  t.strictSame(readByFfmpeg(srt, 'srt'), readSrt(srt))
  t.ok(readSrt(srt).length > 20)
})

const sbv = (
  inputs: Iterable<CaptionInput>,
  options: CaptionOptions = {},
): string => formatCaptions(inputs, { ...options, format: 'sbv' })

const times = /^(\d+):(\d\d):(\d\d\.\d{3}),(\d+):(\d\d):(\d\d\.\d{3})$/

/** Reads SBV as one may who looks for times, not for blank lines. */
const readSbv = (text: string): ReadCue[] => {
  const cues: ReadCue[] = []
  const ms = (h: string, m: string, s: string): number =>
    Math.round(((Number(h) * 60 + Number(m)) * 60 + Number(s)) * 1000)
  for (const line of text.split('\n')) {
    const found = times.exec(line.trim())
    if (found) {
      const [, h, m, s, h2, m2, s2] = found
      cues.push({ start: ms(h!, m!, s!), end: ms(h2!, m2!, s2!), text: '' })
    } else if (line !== '') {
      const cue = cues.at(-1)!
      cue.text += cue.text ? `\n${line}` : line
    }
  }
  return cues
}

/** What the format's description says of text. */
const shown = (line: string): string =>
  times.test(line.trim()) ? line.replace(',', '‚') : line

t.test("YouTube's form", async t => {
  t.equal(
    sbv(events),
    `0:00:00.000,0:00:03.200
And so, my fellow Americans

0:00:03.200,0:00:04.100
[inaudible]

0:00:04.100,0:00:09.000
ask not what your country can do for you
& <me>; 2 < 3 --> ask more of yourself.

0:00:09.200,0:00:09.700
JFK: Ask not.

`,
  )
  t.equal(sbv([]), '')
})

t.test('leaves numbers unchanged', async t =>
  t.match(
    sbv([{ start: 0, end: 900, lines: ['10,000', '1:02,3:04'] }]),
    '\n10,000\n1:02,3:04\n\n',
  ),
)

t.test('escapes text that looks like times', async t => {
  const final: FinalEvent = {
    type: 'final',
    turn: '',
    text: '0:00:01.000,0:00:02.000',
    start: 36_000_000,
    end: 36_001_000,
  }
  t.equal(
    sbv([final]),
    '10:00:00.000,10:00:01.000\n0:00:01.000‚0:00:02.000\n\n',
  )
})

t.test('hostile text leaves the cues as they are', t => {
  const text = '0:00:01.000,0:00:02.000'
  fc.assert(
    fc.property(hostileTurns, anyProfile, (turns, profile) => {
      const last = turns.at(-1)?.end ?? 0
      const all: FinalEvent[] = [
        ...turns,
        { type: 'final', turn: '', text, start: last, end: last + 900 },
      ]
      const cues = cuesOf(all, { format: 'sbv', profile })
      const read = readSbv(sbv(all, { profile }))
      assert.deepEqual(read, asRead(cues, shown))
    }),
    { numRuns: 50 },
  )
  t.end()
})

t.test('a million characters', async t => {
  t.strictSame(readSbv(sbv(million)).length, million.length)
})
