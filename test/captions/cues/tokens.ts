import t from 'tap'
import { joinTokens, tokensOf } from '../../../lib/captions/cues/tokens.ts'

const texts = (text: string, width: number): string[] =>
  tokensOf(text, width).map(token => token.text)

t.test('words with their widths and breaks', async t => {
  const rest = { attached: false }
  t.strictSame(tokensOf('the cafe\u0301, yes', 42), [
    { text: 'the', width: 3, length: 3, ...rest, after: 'never' },
    { text: 'cafe\u0301,', width: 5, length: 5, ...rest, after: 'clause' },
    { text: 'yes', width: 3, length: 3, ...rest, after: 'sentence' },
  ])
})

t.test('a word wider than a line is cut between graphemes', async t => {
  t.strictSame(texts('a 👨‍👩‍👧🇩🇪e\u0301xx b', 2), [
    'a',
    '👨‍👩‍👧',
    '🇩🇪',
    'e\u0301x',
    'x',
    'b',
  ])
})

t.test('a word of many code units that fits is kept whole', async t => {
  t.strictSame(texts('👨‍👩‍👧👨‍👩‍👧', 4), ['👨‍👩‍👧👨‍👩‍👧'])
})

t.test('writing without spaces breaks between words', async t => {
  const tokens = tokensOf('東京に「行きます」。明日', 42)
  t.equal(joinTokens(tokens), '東京に「行きます」。明日')
  t.ok(tokens.length >= 4)
  for (const { text } of tokens) t.notMatch(text, /^[」。]|「$/)
  const at = tokens.findIndex(({ text }) => text.endsWith('。'))
  t.equal(tokens[at]!.after, 'sentence')
  t.strictSame(texts('ภาษาไทย', 42).join(''), 'ภาษาไทย')
})

t.test('no token begins or ends with a no-break space', async t => {
  const shown = (text: string, width = 42) => joinTokens(tokensOf(text, width))
  t.equal(shown('10\u00a0km \u00a0 x\u00a0'), '10\u00a0km x')
  t.equal(shown('!\u00a0東京'), '! 東京')
  t.strictSame(texts('ab\u00a0cd', 3), ['ab', 'cd'])
  t.strictSame(texts('abc\u00a0d', 3), ['abc', 'd'])
})

t.test('a text without spaces of any length', async t => {
  const text = '東京都に行く。'.repeat(2000)
  t.equal(joinTokens(tokensOf(text, 42)), text)
})

t.test('no words, no tokens', async t => t.strictSame(tokensOf('', 42), []))
