import * as fc from 'fast-check'
import t from 'tap'
import {
  graphemesOf,
  lengthOf,
  widthOf,
} from '../../../lib/captions/cues/caption-text.ts'

t.test('counts what people see as characters', async t => {
  t.equal(lengthOf('plain'), 5)
  t.equal(lengthOf('“quoted…”'), 9)
  t.equal(lengthOf('e\u0301'), 1)
  t.equal(lengthOf('👨‍👩‍👧🇩🇪👍🏽'), 3)
  t.equal(lengthOf('東京'), 2)
})

t.test('counts wide characters as two columns', async t => {
  t.equal(widthOf('plain'), 5)
  t.equal(widthOf('e\u0301'), 1)
  t.equal(widthOf('שלום'), 4)
  t.equal(widthOf('東京'), 4)
  t.equal(widthOf('👨‍👩‍👧🇩🇪👍🏽'), 6)
  t.equal(widthOf('☀\ufe0f☀'), 3)
})

t.test('a long text is cut where a short one is', t => {
  const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
  const unit = fc.constantFrom('a', 'e\u0301', '👨‍👩‍👧', '🇩🇪', '👍🏽', '\ud83d', '한')
  const long = fc
    .array(unit, { minLength: 300, maxLength: 900 })
    .map(parts => parts.join(''))
  fc.assert(
    fc.property(long, text => {
      const whole = Array.from(segmenter.segment(text), s => s.segment)
      return graphemesOf(text).join('|') === whole.join('|')
    }),
    { numRuns: 50 },
  )
  t.end()
})

t.test('one character of many marks is one', async t => {
  t.strictSame(graphemesOf(`a${'\u0301'.repeat(5000)}b`).length, 2)
})

t.test('what is counted the short way has one character a unit', async t => {
  const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
  const emoji = '👍'
  const wrong: string[] = []
  for (let unit = 0; unit < 0x1_0000; unit++) {
    if (unit >= 0xd8_00 && unit < 0xe0_00) continue
    const one = String.fromCharCode(unit)
    if (lengthOf(one + emoji) < 2) continue // it belongs to what follows
    const count = [...segmenter.segment(one + one)].length
    const width = widthOf(`${one}${emoji}`) - 2 // the long way
    if (lengthOf(one + one) !== count || widthOf(one) !== width)
      wrong.push(unit.toString(16))
  }
  t.strictSame(wrong, [])
})
