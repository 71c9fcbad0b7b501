import { deepEqual, equal } from 'node:assert/strict'
import fc from 'fast-check'
import llama from 'llama-tokenizer-js'
import t from 'tap'
import { textOf } from '../../../lib/recognizers/recognizer.ts'
import { decodedWords } from '../../../lib/recognizers/moonshine/recognize.ts'
import type { Token } from '../../../lib/recognizers/moonshine/moonshine.ts'

/** Tokens of a text; each ends what was said before it, 10 samples later. */
const decodingOf = (
  text: string,
  logprobs: readonly number[] = [],
): Parameters<typeof decodedWords>[0] => {
  const token = (id: number, i: number): Token => ({
    id,
    logprob: logprobs[i] ?? 0,
    after: 10 * i,
  })
  const tokens = llama.encode(text, false).map(token)
  return { tokens, next: token(2, tokens.length), finished: true }
}

t.test('a word has its tokens, and ends where the next begins', async t => {
  const decoding = decodingOf('so, my ill-disposed', [-1, -3, -2])
  const { tokens, next } = decoding
  const words = decodedWords(decoding)
  t.same(
    words.map(({ text }) => text),
    ['so,', 'my', 'ill-disposed'],
  )
  t.equal(words[0]!.probability, Math.exp(-3), 'of its least certain token')
  t.same(
    words.flatMap(({ tokens = [] }) => tokens),
    tokens.map(({ id }) => id),
  )
  t.equal(words[0]!.end, tokens[2]!.after)
  t.equal(words[2]!.end, next.after)
})

t.test('tokens without text are no words', async t => {
  const { next } = decodingOf('')
  const decoding = { tokens: [{ ...next, id: 32_000 }], next, finished: false }
  t.same(decodedWords(decoding), [])
  t.same(decodedWords(decodingOf('')), [])
})

t.test('the words say what the tokens say', async () => {
  const text = fc
    .array(fc.constantFrom('so', '“Ask', 'not,', 'naïve', '50', '日本.', '—'))
    .map(words => words.join(' '))
  fc.assert(
    fc.property(text, text => {
      const decoding = decodingOf(text)
      const words = decodedWords(decoding)
      equal(textOf({ words }), text)
      const ids = decoding.tokens.map(({ id }) => id)
      deepEqual(
        words.flatMap(({ tokens = [] }) => tokens),
        ids,
      )
    }),
  )
})
