import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import t from 'tap'
import type { CaptionOptions } from '../../../lib/captions/caption-options.ts'
import { cueColors, type Cue } from '../../../lib/captions/cues/cue.ts'
import { formatCaptions } from '../../../lib/captions/caption-formatter.ts'
import type { CaptionInput } from '../../../lib/captions/cues/check-input.ts'
import { captionProfiles } from '../../../lib/captions/profiles.ts'
import { ttml as ttmlFormat } from '../../../lib/captions/formats/ttml.ts'
import { events } from '../../fixtures/captions.ts'
import { asRead, cuesOf } from '../../fixtures/cues-of.ts'
import {
  anyProfile,
  hostileTurns,
  manyTurns,
  million,
} from '../../fixtures/hostile-turns.ts'
import { inXml, readTtml, shownOf } from '../../fixtures/read-ttml.ts'

const ttml = (
  inputs: Iterable<CaptionInput>,
  options: CaptionOptions = {},
): string => formatCaptions(inputs, { ...options, format: 'ttml' })

t.test('a paragraph a cue', async t => {
  const file = ttml(events)
  t.ok(file.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n<tt '))
  t.equal(
    file.slice(file.indexOf('  <body')),
    `  <body style="caption">
    <div region="bottom">
      <p begin="00:00:00.000" end="00:00:03.200"><span style="text">And so, my fellow Americans</span></p>
      <p begin="00:00:03.200" end="00:00:04.100"><span style="text">[inaudible]</span></p>
      <p begin="00:00:04.100" end="00:00:09.000"><span style="text">ask not what your country can do for you<br/>&amp; &lt;me&gt;; 2 &lt; 3 --&gt; ask more of yourself.</span></p>
      <p begin="00:00:09.200" end="00:00:09.700"><ttm:desc>JFK</ttm:desc><span style="text">JFK: Ask not.</span></p>
    </div>
  </body>
</tt>
`,
  )
})

t.test("it says that it is IMSC 1.1's text", async t => {
  const file = ttml([])
  t.match(
    file,
    'ttp:contentProfiles="http://www.w3.org/ns/ttml/profile/imsc1.1/text"',
  )
  t.match(file, ' ttp:timeBase="media"')
  const { errors, cues } = readTtml(file)
  t.strictSame({ errors, cues }, { errors: [], cues: [] })
})

t.test('in an upright picture the text is smaller', async t => {
  t.match(ttml([]), /fontSize="80%"[^]*origin="10% 10%"[^]*extent="80% 80%"/)
  t.match(
    ttml([], { profile: 'vertical' }),
    /fontSize="56%"[^]*origin="5% 10%"[^]*extent="90% 80%"/,
  )
})

t.test('what rolls up stays at the left', async t => {
  t.match(ttml([]), 'tts:textAlign="center"')
  t.match(
    ttmlFormat.openCues(captionProfiles.live).begin(),
    'tts:textAlign="start"',
  )
})

t.test('colours are seen, names are described', async t => {
  const cues = [undefined, ...cueColors].map((color, i): Cue => ({
    start: i * 1000,
    end: i * 1000 + 1000,
    lines: ['Yes.', 'No.'],
    speaker: ' <Ann>\n"&"\ufffe',
    ...(color && { color }),
  }))
  const file = ttml(cues)
  const { errors, shown } = readTtml(file)
  t.strictSame(
    shown().flatMap(({ colors }) => colors),
    [
      [255, 255, 255, 255],
      [255, 255, 255, 255],
      [255, 255, 0, 255],
      [0, 255, 255, 255],
      [0, 255, 0, 255],
    ],
  )
  t.strictSame(errors, [])
  const desc = '<ttm:desc>&lt;Ann&gt; &quot;&amp;&quot;\ufffd</ttm:desc>'
  t.equal(file.split(desc).length, cues.length + 1)
})

t.test('imscJS reads the same cues in hostile text, and shows them', t => {
  fc.assert(
    fc.property(hostileTurns, anyProfile, (turns, profile) => {
      const options = { format: 'ttml', profile } as const
      const { errors, cues, shown } = readTtml(ttml(turns, options))
      const wanted = asRead(cuesOf(turns, options), inXml)
      assert.deepEqual(cues, wanted)
      assert.deepEqual(
        shown().map(({ at, texts }) => ({ at, texts })),
        shownOf(wanted),
      )
      assert.deepEqual(errors, [])
    }),
    { numRuns: 50 },
  )
  t.end()
})

t.test('and in many turns of hostile text', async t => {
  const turns = manyTurns()
  const { errors, cues } = readTtml(ttml(turns))
  t.strictSame(errors, [])
  t.strictSame(cues, asRead(cuesOf(turns, { format: 'ttml' }), inXml))
})

t.test('a million characters', async t => {
  const { errors, cues } = readTtml(ttml(million))
  t.strictSame(errors, [])
  const wanted = asRead(million)
  t.equal(cues.length, wanted.length)
  t.ok(cues.every(({ text }, i) => text === wanted[i]!.text))
})
