import * as fc from 'fast-check'
import t from 'tap'
import {
  breakLines,
  lineCountOf,
} from '../../../lib/captions/cues/split-cues.ts'
import { widthOf } from '../../../lib/captions/cues/caption-text.ts'
import { tokensOf } from '../../../lib/captions/cues/tokens.ts'
import { plainText } from '../../fixtures/captions.ts'

const lines = (text: string, width = 42): string[] =>
  breakLines(tokensOf(text, width), width)

t.test('one line if it fits', async t => {
  const text = 'Yes. I know, and that is all there is now.'
  t.equal(text.length, 42)
  t.strictSame(lines(text), [text])
})

t.test('breaks after a sentence, otherwise after a clause', async t => {
  t.strictSame(lines('I do not know. Ask somebody else about it then.'), [
    'I do not know.',
    'Ask somebody else about it then.',
  ])
  t.strictSame(lines('When the rain came down, nobody was outside to see.'), [
    'When the rain came down,',
    'nobody was outside to see.',
  ])
})

t.test('breaks before a conjunction or preposition', async t => {
  t.strictSame(lines('She opened the window and looked down the long street'), [
    'She opened the window',
    'and looked down the long street',
  ])
})

t.test('never after an article where another break is possible', async t => {
  t.strictSame(lines('Somebody gave the old grey house to the nice people'), [
    'Somebody gave the old grey house',
    'to the nice people',
  ])
  t.strictSame(lines('one the two', 7), ['one', 'the two'])
})

t.test('punctuation does not leave a line nearly empty', async t => {
  t.strictSame(lines('So, nobody there had ever considered leaving early'), [
    'So, nobody there had ever',
    'considered leaving early',
  ])
})

t.test('otherwise balanced, the longer line below', async t => {
  t.strictSame(lines('aaaa bbbb cccc dddd eeee', 20), [
    'aaaa bbbb',
    'cccc dddd eeee',
  ])
})

t.test('three lines', async t => {
  t.strictSame(lines('aaaa bbbb cccc dddd eeee ffff', 10), [
    'aaaa bbbb',
    'cccc dddd',
    'eeee ffff',
  ])
})

t.test('always the words in order, in the fewest lines that fit', t => {
  fc.assert(
    fc.property(plainText, fc.integer({ min: 1, max: 50 }), (text, width) => {
      const tokens = tokensOf(text, width)
      if (tokens.length === 0) return true
      const broken = breakLines(tokens, width)
      return (
        broken.every(line => line !== '' && widthOf(line) <= width) &&
        broken.length === lineCountOf(tokens, width) &&
        broken.join(' ') === tokens.map(token => token.text).join(' ')
      )
    }),
  )
  t.end()
})
