import * as fc from 'fast-check'
import t from 'tap'
import { cleanText } from '../../../lib/captions/cues/caption-text.ts'
import { hostileText } from '../../fixtures/captions.ts'

t.test('white space and line ends become one space', async t => {
  t.equal(cleanText('  a\r\n\r\nb\tc \u2028 d\u0085e\u3000f '), 'a b c d e f')
})

t.test('controls and byte order marks are dropped', async t => {
  t.equal(cleanText('\ufeffa\u0000b\u001b[2Jc\u007f\u009bd'), 'ab[2Jcd')
  t.equal(cleanText('a \u0000 b'), 'a b', 'and leave no double space')
})

t.test('half a surrogate pair becomes the replacement character', async t => {
  t.equal(cleanText('a\ud800b\udc00 😀'), 'a\ufffdb\ufffd 😀')
})

t.test('no-break spaces and direction marks stay', async t => {
  t.equal(
    cleanText('10\u00a0km \u202bשלום\u202c'),
    '10\u00a0km \u202bשלום\u202c',
  )
})

t.test('text that shows nothing is empty', async t => {
  t.equal(cleanText(' \n\u00a0\u200b\u200e\u0007'), '')
})

t.test('no text keeps a control, and cleaning twice is cleaning once', t => {
  fc.assert(
    fc.property(hostileText, text => {
      const clean = cleanText(text)
      const bad = /[\p{Cc}\ufeff\u2028\u2029]|^\s|\s$| {2}/u
      return !bad.test(clean) && cleanText(clean) === clean
    }),
  )
  t.end()
})
