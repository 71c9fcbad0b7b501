import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import t from 'tap'
import type { CaptionOptions } from '../../../lib/captions/caption-options.ts'
import { cleanText } from '../../../lib/captions/cues/caption-text.ts'
import type { Cue } from '../../../lib/captions/cues/cue.ts'
import { formatCaptions } from '../../../lib/captions/caption-formatter.ts'
import {
  captionProfiles,
  speakerStyles,
} from '../../../lib/captions/profiles.ts'
import { vtt as vttFormat } from '../../../lib/captions/formats/vtt.ts'
import type { FinalEvent } from '../../../lib/core/transcript-event.ts'
import { browserCues } from '../../fixtures/browser-cues.ts'
import { noBrowser, openBrowser } from '../../fixtures/browser.ts'
import { hasFfmpeg, readByFfmpeg } from '../../fixtures/caption-readers.ts'
import {
  events,
  finals,
  hostileText,
  plainText,
  readVtt,
  spread,
} from '../../fixtures/captions.ts'
import { asRead, cuesOf } from '../../fixtures/cues-of.ts'
import {
  anyProfile,
  hostileTurns,
  manyTurns,
} from '../../fixtures/hostile-turns.ts'

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
<v JFK>JFK: Ask not.

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

t.test('a hundred thousand characters', async t => {
  const text = 'word --> <b> & '.repeat(100_000 / 15)
  const file = vtt([{ type: 'final', turn: '', text, start: 0, end: 6e7 }])
  const { errors, cues } = readVtt(file)
  t.strictSame(errors, [])
  t.equal(
    cues.map(cue => cue.text.replaceAll('\n', ' ')).join(' '),
    text.trim(),
  )
})

t.test('speakers are voices, colours are classes with a style', async t => {
  const cue: Cue = { start: 0, end: 900, lines: ['Yes.', 'No & no.'] }
  const cues: Cue[] = [
    { ...cue, speaker: ' Ann\n<b> & -->' },
    { ...cue, speaker: 'Bob', color: 'yellow' },
    { ...cue, speaker: '\u0000 \n', color: 'green' },
  ]
  const file = (options: CaptionOptions): string =>
    formatCaptions(cues, { format: 'vtt', ...options })
  const payloads = `00:00:00.000 --> 00:00:00.900
<v Ann &lt;b&gt; &amp; --&gt;>Yes.
No &amp; no.

00:00:00.900 --> 00:00:01.800
<v Bob><c.yellow>Yes.
No &amp; no.</c>

00:00:01.800 --> 00:00:02.700
<c.green>Yes.
No &amp; no.</c>

`
  t.equal(file({}), `WEBVTT\n\n${payloads}`)
  t.strictSame(readVtt(file({})).errors, [])

  const colored = file({ profile: { speakers: 'colors' } })
  t.match(colored, /^WEBVTT\n\nSTYLE\n(::cue\(\.\w+\) \{.*\}\n){4}\n00:/)
  t.strictSame(readVtt(colored).errors, [])
})

t.test('what rolls up stays at the left', async t => {
  const writer = vttFormat.openCues(captionProfiles.live)
  const cue = writer.cue({ start: 0, end: 900, lines: ['Yes.'] }, 1)
  t.match(cue, /^\S+ --> \S+ align:start position:10%,line-left size:80%\nYes/)
  t.strictSame(readVtt(writer.begin() + cue).errors, [])
})

t.test('nor in hostile names, in any profile and look', t => {
  fc.assert(
    fc.property(
      hostileTurns,
      anyProfile,
      fc.constantFrom(...speakerStyles),
      (turns, name, speakers) => {
        const profile = { ...captionProfiles[name], speakers }
        const options = { format: 'vtt', profile } as const
        const file = formatCaptions(turns, options)
        assert.deepEqual(readVtt(file).errors, [])
        const { cues } = readVtt(file.replaceAll(/<[^<>]*>/g, ''))
        assert.deepEqual(cues, asRead(cuesOf(turns, options)))
      },
    ),
  )
  t.end()
})

t.test('nor in cues that came from elsewhere', t => {
  const time = fc.double({ min: 0, max: 9000, noNaN: true })
  const cue = fc.record({
    start: time,
    end: time,
    lines: fc.array(hostileText, { maxLength: 3 }),
    speaker: hostileText,
  })
  fc.assert(
    fc.property(fc.array(cue, { maxLength: 6 }), cues => {
      const { errors } = readVtt(formatCaptions(cues, { format: 'vtt' }))
      assert.deepEqual(errors, [])
    }),
  )
  t.end()
})

t.test('Chromium reads the same cues', { skip: noBrowser }, async t => {
  const turns = manyTurns()
  const options = { format: 'vtt', profile: 'bbc' } as const
  const live = vttFormat.openCues(captionProfiles.live)
  const cue: Cue = { start: 0, end: 900, lines: ['Yes.'], speaker: 'A & <b>' }
  const { page } = await openBrowser(t, {
    '/plain.vtt': formatCaptions(turns, { format: 'vtt' }),
    '/bbc.vtt': formatCaptions(turns, options),
    '/live.vtt': live.begin() + live.cue(cue, 1),
  })
  const cues = (await browserCues(page, '/plain.vtt')).map(
    ({ start, end, text }) => ({ start, end, text }),
  )
  t.strictSame(cues, asRead(cuesOf(turns, { format: 'vtt' })))

  const colored = await browserCues(page, '/bbc.vtt')
  t.strictSame(
    colored.map(({ start, end, text, voice, classes }) => ({
      start,
      end,
      text,
      voice: voice ?? '',
      color: classes[0],
    })),
    cuesOf(turns, options).map(({ start, end, lines, speaker, color }) => ({
      start,
      end,
      text: lines.join('\n'),
      voice: cleanText(speaker ?? ''),
      color,
    })),
  )
  t.strictSame(await browserCues(page, '/live.vtt'), [
    {
      start: 0,
      end: 900,
      text: 'Yes.',
      voice: 'A & <b>',
      classes: [],
      align: 'start',
      position: 10,
      size: 80,
    },
  ])
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
