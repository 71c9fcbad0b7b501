import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import t from 'tap'
import type { CaptionOptions } from '../../../lib/captions/caption-options.ts'
import { formatCaptions } from '../../../lib/captions/caption-formatter.ts'
import type { CaptionInput } from '../../../lib/captions/cues/check-input.ts'
import type { FinalEvent } from '../../../lib/core/transcript-event.ts'
import { events, type ReadCue } from '../../fixtures/captions.ts'
import { asRead, cuesOf } from '../../fixtures/cues-of.ts'
import {
  anyProfile,
  hostileTurns,
  million,
} from '../../fixtures/hostile-turns.ts'

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

t.test('a number is left alone', async t =>
  t.match(
    sbv([{ start: 0, end: 900, lines: ['10,000', '1:02,3:04'] }]),
    '\n10,000\n1:02,3:04\n\n',
  ),
)

t.test('what looks like times is made harmless', async t => {
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
