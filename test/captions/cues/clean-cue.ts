import t from 'tap'
import { cleanCue } from '../../../lib/captions/cues/cue-maker.ts'
import type { Cue } from '../../../lib/captions/cues/cue.ts'

const asIs = (text: string): string => text

t.test('cleans lines that look like a new cue, and invalid times', async t => {
  const cue: Cue = {
    start: 10.4,
    end: 3,
    lines: [' a\n\n2\n00:00', '\u0000 ', 'b\tc'],
    speaker: 'Ann',
  }
  t.strictSame(cleanCue(cue, asIs), {
    start: 10,
    end: 11,
    lines: ['a 2 00:00', 'b c'],
    speaker: 'Ann',
  })
})

t.test('writes no cue without text', async t => {
  t.equal(cleanCue({ start: 0, end: 1, lines: [] }, asIs), undefined)
  t.equal(cleanCue({ start: 0, end: 1, lines: ['\n', ' '] }, asIs), undefined)
})

t.test('applies the changes of a format to the text first', async t =>
  t.strictSame(
    cleanCue({ start: 0, end: 1, lines: ['a', 'b'] }, line => `${line}\n!`),
    { start: 0, end: 1, lines: ['a !', 'b !'] },
  ),
)

t.test('a clean cue stays as it is', async t => {
  const cue: Cue = { start: 0, end: 1000, lines: ['Yes.', 'No.'] }
  t.strictSame(cleanCue(cue, asIs), cue)
})
