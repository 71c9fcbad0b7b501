import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import t from 'tap'
import type { CaptionOptions } from '../../../lib/captions/caption-options.ts'
import { cueColors, type Cue } from '../../../lib/captions/cues/cue.ts'
import { ebuttd as ebuttdFormat } from '../../../lib/captions/formats/ttml.ts'
import { formatCaptions } from '../../../lib/captions/caption-formatter.ts'
import type { CaptionInput } from '../../../lib/captions/cues/check-input.ts'
import { captionProfiles } from '../../../lib/captions/profiles.ts'
import { events } from '../../fixtures/captions.ts'
import { asRead, cuesOf } from '../../fixtures/cues-of.ts'
import {
  anyProfile,
  hostileTurns,
  manyTurns,
  million,
} from '../../fixtures/hostile-turns.ts'
import { inXml, readTtml, shownOf } from '../../fixtures/read-ttml.ts'

const ebuttd = (
  inputs: Iterable<CaptionInput>,
  options: CaptionOptions = {},
): string => formatCaptions(inputs, { ...options, format: 'ebuttd' })

t.test('a paragraph a cue', async t => {
  const file = ebuttd(events)
  t.ok(file.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n<tt:tt '))
  t.equal(
    file.slice(file.indexOf('  <tt:body')),
    `  <tt:body>
    <tt:div>
      <tt:p xml:id="cue1" region="bottom" style="caption" begin="00:00:00.000" end="00:00:03.200"><tt:span style="text">And so, my fellow Americans</tt:span></tt:p>
      <tt:p xml:id="cue2" region="bottom" style="caption" begin="00:00:03.200" end="00:00:04.100"><tt:span style="text">[inaudible]</tt:span></tt:p>
      <tt:p xml:id="cue3" region="bottom" style="caption" begin="00:00:04.100" end="00:00:09.000"><tt:span style="text">ask not what your country can do for you<tt:br/>&amp; &lt;me&gt;; 2 &lt; 3 --&gt; ask more of yourself.</tt:span></tt:p>
      <tt:p xml:id="cue4" region="bottom" style="caption" begin="00:00:09.200" end="00:00:09.700"><tt:span style="text">JFK: Ask not.</tt:span></tt:p>
    </tt:div>
  </tt:body>
</tt:tt>
`,
  )
})

t.test('it says that it is EBU-TT-D', async t => {
  const file = ebuttd([])
  const standard = /<ebuttm:conformsToStandard>([^<]+)</g
  t.strictSame(
    [...file.matchAll(standard)].map(found => found[1]),
    ['urn:ebu:tt:distribution:2014-01', 'urn:ebu:tt:distribution:2018-04'],
  )
  t.match(file, ' ttp:timeBase="media" ')
})

t.test('without a cue it has no body, as its schema wants it', async t => {
  const file = ebuttd([])
  t.notMatch(file, 'tt:body')
  const { errors, cues } = readTtml(file)
  t.strictSame({ errors, cues }, { errors: [], cues: [] })
})

t.test('in an upright picture the text is smaller', async t => {
  t.match(ebuttd([]), /fontSize="80%"[^]*origin="10% 10%"[^]*extent="80% 80%"/)
  t.match(
    ebuttd([], { profile: 'vertical' }),
    /fontSize="56%"[^]*origin="5% 10%"[^]*extent="90% 80%"/,
  )
})

t.test('what rolls up stays at the left', async t => {
  t.match(ebuttd([]), 'tts:textAlign="center"')
  t.match(
    ebuttdFormat.openCues(captionProfiles.live).begin(),
    'tts:textAlign="start"',
  )
})

t.test('shows colours', async t => {
  const cues = cueColors.map((color, i): Cue => ({
    start: i * 1000,
    end: i * 1000 + 1000,
    lines: ['Yes.', 'No.'],
    color,
  }))
  const { errors, shown } = readTtml(ebuttd(cues))
  t.strictSame(
    shown().flatMap(({ colors }) => colors),
    [
      [255, 255, 255, 255],
      [255, 255, 0, 255],
      [0, 255, 255, 255],
      [0, 255, 0, 255],
    ],
  )
  t.strictSame(errors, [])
})

t.test('imscJS reads the same cues in hostile text, and shows them', t => {
  fc.assert(
    fc.property(hostileTurns, anyProfile, (turns, profile) => {
      const options = { format: 'ebuttd', profile } as const
      const { errors, cues, shown } = readTtml(ebuttd(turns, options))
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

t.test('and in many turns, each with an id of its own', async t => {
  const turns = manyTurns()
  const file = ebuttd(turns)
  const { errors, cues } = readTtml(file)
  t.strictSame(errors, [])
  t.strictSame(cues, asRead(cuesOf(turns, { format: 'ebuttd' }), inXml))
  const ids = [...file.matchAll(/<tt:p xml:id="(\w+)"/g)].map(p => p[1])
  t.equal(new Set(ids).size, cues.length)
})

t.test('a million characters', async t => {
  const { errors, cues } = readTtml(ebuttd(million))
  t.strictSame(errors, [])
  const wanted = asRead(million)
  t.equal(cues.length, wanted.length)
  t.ok(cues.every(({ text }, i) => text === wanted[i]!.text))
})
