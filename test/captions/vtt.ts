import * as fc from 'fast-check'
import t from 'tap'
import { formatCaptions } from '../../lib/captions/format-captions.ts'
import type { FinalEvent } from '../../lib/core/transcript-event.ts'
import { hasFfmpeg, readByFfmpeg } from '../fixtures/caption-readers.ts'
import {
  events,
  finals,
  hostileText,
  plainText,
  readVtt,
  spread,
} from '../fixtures/captions.ts'

const vtt = (events: Iterable<FinalEvent>): string =>
  formatCaptions(events, { format: 'vtt' })

t.test('a header and cues, markup escaped', async t => {
  t.equal(
    formatCaptions(events, { format: 'vtt' }),
    `WEBVTT

00:00:00.000 --> 00:00:03.200
And so, my fellow Americans

00:00:03.200 --> 00:00:04.100
[inaudible]

00:00:04.100 --> 00:00:09.000
ask not what your country can do for you
&amp; &lt;me&gt;; 2 &lt; 3 --&gt; ask more of yourself.

00:00:09.200 --> 00:00:09.700
Ask not.

`,
  )
})

t.test('no events, a header', async t => {
  t.equal(vtt([]), 'WEBVTT\n\n')
  t.strictSame(readVtt(vtt([])), { errors: [], cues: [] })
})

t.test("the standard's validator finds no error in hostile text", t => {
  fc.assert(
    fc.property(finals(hostileText), turns => {
      const { errors, cues } = readVtt(vtt(turns))
      if (errors[0]) t.fail(errors[0])
      for (const [i, cue] of cues.entries())
        if (i > 0 && cue.start < cues[i - 1]!.end) t.fail('cues overlap')
    }),
  )
  t.end()
})

t.test('nor where finals break their promises', t => {
  const time = fc.nat({ max: 9000 })
  const wild = fc.record({
    type: fc.constant('final' as const),
    turn: fc.constant(''),
    text: plainText,
    start: time,
    end: time,
    channel: fc.nat({ max: 1 }),
  })
  fc.assert(
    fc.property(fc.array(wild, { maxLength: 8 }), turns => {
      const { errors } = readVtt(vtt(turns))
      if (errors[0]) t.fail(errors[0])
    }),
  )
  t.end()
})

t.test('a million characters', async t => {
  const text = 'word --> <b> & '.repeat(1_000_000 / 15)
  const file = vtt([{ type: 'final', turn: '', text, start: 0, end: 6e7 }])
  const { errors, cues } = readVtt(file)
  t.strictSame(errors, [])
  t.equal(
    cues.map(cue => cue.text.replaceAll('\n', ' ')).join(' '),
    text.trim(),
  )
})

const skip = hasFfmpeg ? false : 'ffmpeg is not installed'

t.test('ffmpeg reads the same cues', { skip }, async t => {
  const samples = fc.sample(finals(plainText), { numRuns: 8, seed: 7 })
  const turns = spread(samples.flat())
  const start = turns.length * 25_000
  const text = 'a --> b & <c> end\r\n\r\nNOTE no'
  turns.push({ type: 'final', turn: '', text, start, end: start + 3000 })
  const file = vtt(turns)
  const { cues } = readVtt(file)
  t.strictSame(readByFfmpeg(file, 'webvtt'), cues)
  t.ok(cues.length > 20)
})
