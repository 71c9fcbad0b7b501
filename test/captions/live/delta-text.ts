import * as fc from 'fast-check'
import t from 'tap'
import {
  cleanText,
  isVisible,
} from '../../../lib/captions/cues/caption-text.ts'
import { DeltaText } from '../../../lib/captions/live/roll-up-screen.ts'
import { hostileText } from '../../fixtures/captions.ts'

t.test('returns a word in parts as it arrives', async t => {
  const text = new DeltaText(10)
  t.strictSame(text.read(' And s'), [
    { text: 'And', attached: false, open: false },
    { text: 's', attached: false, open: true },
  ])
  t.strictSame(text.read('o, my '), [
    { text: 'o,', attached: true, open: false },
    { text: 'my', attached: false, open: false },
  ])
  t.strictSame(text.read('extraordinary'), [
    { text: 'extraordin', attached: false, open: false },
    { text: 'ary', attached: true, open: true },
  ])
  t.equal(text.shown, 'And so, my extraordinary')
})

t.test('holds back invisible text', async t => {
  const text = new DeltaText(10)
  t.strictSame(text.read('\ud83d'), [])
  t.strictSame(text.read('\udc69'), [
    { text: '👩', attached: false, open: true },
  ])
  t.strictSame(text.read('\u200d'), [])
  t.strictSame(text.read('\ud83d'), [])
  t.strictSame(text.read('\udc67'), [
    { text: '\u200d👧', attached: true, open: true },
  ])
  t.strictSame(text.read(' \u200b'), [])
  t.strictSame(text.read(' a'), [{ text: 'a', attached: false, open: true }])
  t.equal(text.shown, '👩‍👧 a')
})

/** Without what is left out where nothing to be seen is next to it. */
const plain = (text: string): string =>
  text.replaceAll(/[^\S ]|[\u200b-\u200f\u2060-\u2064]/gu, '')

t.test('the text does not depend on how deltas are cut', async () => {
  fc.assert(
    fc.property(
      hostileText,
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 2, max: 20 }),
      (whole, size, width) => {
        const text = new DeltaText(width)
        for (let at = 0; at < whole.length; at += size)
          text.read(whole.slice(at, at + size))
        const end = text.read(' ')
        const words = cleanText(whole).split(' ').filter(isVisible)
        const [shown, clean] = [text.shown, words.join(' ')].map(plain)
        return end.length <= 1 && shown === clean
      },
    ),
    { numRuns: 300 },
  )
})
