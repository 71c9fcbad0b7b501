import * as fc from 'fast-check'
import t from 'tap'
import { cleanText } from '../../lib/captions/clean-text.ts'
import type { Cue } from '../../lib/captions/cue.ts'
import { plainProfile } from '../../lib/captions/profiles.ts'
import { cuesOf } from '../../lib/captions/cues-of.ts'
import { widthOf } from '../../lib/captions/graphemes.ts'
import type { FinalEvent } from '../../lib/core/transcript-event.ts'
import { finals, hostileText, plainText } from '../fixtures/captions.ts'

const final = (text: string, end: number): FinalEvent => ({
  type: 'final',
  turn: '',
  text,
  start: 0,
  end,
})
const texts = (cues: Cue[]): string[][] => cues.map(cue => [...cue.lines])

t.test('a sentence a cue where each is long enough', async t => {
  const text =
    'He was not an ill-disposed young man. Unless to be rather ' +
    'cold-hearted and rather selfish is to be ill-disposed.'
  t.strictSame(texts(cuesOf(final(text, 8000))), [
    ['He was not an ill-disposed young man.'],
    [
      'Unless to be rather cold-hearted',
      'and rather selfish is to be ill-disposed.',
    ],
  ])
})

t.test('short sentences share a cue', async t => {
  t.equal(cuesOf(final('Yes. No. I see.', 1500)).length, 1)
})

t.test('without punctuation, before conjunctions and even', async t => {
  const text =
    'the rain came down over the hills in the morning and nobody was ' +
    'outside to see how the river rose above the bridge'
  const cues = cuesOf(final(text, 9000))
  t.equal(cues.length, 2)
  t.match(cues[1]!.lines[0], /^and nobody/)
})

t.test('times follow the words; a short cue is held into a pause', async t => {
  const words = [
    { text: 'Well', start: 100, end: 300, source: 'model' as const },
    { text: 'then', start: 9000, end: 9100, source: 'model' as const },
  ]
  const cues = cuesOf({ ...final('Well then', 9500), words })
  t.strictSame(cues, [
    { start: 100, end: 933, lines: ['Well'] },
    { start: 9000, end: 9500, lines: ['then'] },
  ])
})

t.test('one word for long is shown for seven seconds', async t => {
  t.strictSame(cuesOf(final('Hmm.', 12_000)), [
    { start: 0, end: 7000, lines: ['Hmm.'] },
  ])
})

t.test('the speaker comes along', async t => {
  t.equal(cuesOf({ ...final('Hi.', 900), speaker: 'A' })[0]!.speaker, 'A')
})

t.test('text that shows nothing gives no cue', async t => {
  t.strictSame(cuesOf(final(' \u0000\n', 900)), [])
})

t.test('a turn without length still shows its text', async t => {
  t.strictSame(cuesOf(final('Hi.', 0)), [{ start: 0, end: 1, lines: ['Hi.'] }])
})

const limits = fc.record({
  maxLineWidth: fc.integer({ min: 1, max: 60 }),
  maxLineCount: fc.integer({ min: 1, max: 4 }),
  minDurationMs: fc.constant(833),
  maxDurationMs: fc.constant(7000),
})

t.test('words, limits and order hold for any text', t => {
  const any = fc.oneof(plainText, hostileText)
  fc.assert(
    fc.property(finals(any), limits, (turns, limits) => {
      for (const turn of turns) {
        const cues = cuesOf(turn, { ...plainProfile, ...limits })
        const shown = cues.flatMap(cue => cue.lines)
        const clean = cleanText(turn.text)
        const whole = clean
          .split(' ')
          .every(word => widthOf(word) <= limits.maxLineWidth)
        const [got, expected] = whole
          ? [shown.join(' '), clean]
          : [shown.join('').replaceAll(' ', ''), clean.replaceAll(' ', '')]
        if (got !== expected) t.fail('a word was lost, added or moved')
        let free = turn.start - 0.5
        for (const cue of cues) {
          if (cue.start < free || cue.end <= cue.start) t.fail('cues overlap')
          if (cue.lines.length > limits.maxLineCount) t.fail('too many lines')
          for (const line of cue.lines)
            if (widthOf(line) > limits.maxLineWidth) t.fail(`too wide: ${line}`)
          if (cue.end - cue.start > 7001) t.fail('too long')
          free = cue.end
        }
        // each of n cues lasts 1 ms, however short the turn
        if (free > turn.end + cues.length) t.fail('a cue outlives its turn')
      }
    }),
    { numRuns: 150 },
  )
  t.end()
})

const weak = /\b(?:a|an|the|of|to|in|with|for)$/i

t.test('at usual sizes no line ends on an article or preposition', t => {
  const word = fc.constantFrom('house', 'river', 'walked', 'green', 'slowly')
  const phrase = fc.tuple(
    fc.constantFrom('the', 'a', 'of', 'to', 'in'),
    word,
    word,
  )
  const text = fc
    .array(phrase, { minLength: 1, maxLength: 40 })
    .map(phrases => phrases.flat().join(' '))
  fc.assert(
    fc.property(text, text => {
      const cues = cuesOf(final(text, text.length * 70), plainProfile)
      return !cues.some(cue => cue.lines.some(line => weak.test(line)))
    }),
    { numRuns: 50 },
  )
  t.end()
})
