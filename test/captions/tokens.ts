import t from 'tap'
import { tokensOf } from '../../lib/captions/tokens.ts'

t.test('words with their widths and breaks', async t => {
  t.strictSame(tokensOf('the cafe\u0301, yes', 42), [
    { text: 'the', width: 3, after: 'never' },
    { text: 'cafe\u0301,', width: 5, after: 'clause' },
    { text: 'yes', width: 3, after: 'sentence' },
  ])
})

t.test('a word longer than a line is cut between graphemes', async t => {
  const texts = tokensOf('a 👨‍👩‍👧🇩🇪👍🏽e\u0301x b', 2).map(token => token.text)
  t.strictSame(texts, ['a', '👨‍👩‍👧🇩🇪', '👍🏽e\u0301', 'x', 'b'])
})

t.test('a word of many code units that fits is kept whole', async t => {
  t.strictSame(
    tokensOf('👨‍👩‍👧👨‍👩‍👧', 2).map(token => token.text),
    ['👨‍👩‍👧👨‍👩‍👧'],
  )
})

t.test('no words, no tokens', async t => t.strictSame(tokensOf('', 42), []))
