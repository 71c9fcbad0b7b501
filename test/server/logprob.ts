import t from 'tap'
import type { Word } from '../../lib/core/transcript-event.ts'
import { allKnown, logprobOf, logprobsIn } from '../../lib/server/logprob.ts'

const word: Word = { text: 'so', start: 0, end: 100, source: 'attention' }

t.test('the logarithm, for none without end', async t => {
  t.equal(logprobOf({ ...word, probability: 1 }), 0)
  t.equal(logprobOf({ ...word, probability: 0.5 }), Math.log(0.5))
  t.equal(logprobOf({ ...word, probability: 0 }), Math.log(0.0005))
})

t.test('returns no likelihood for words without a probability', async t => {
  t.equal(logprobOf(word), undefined)
})

const said = (...words: [text: string, probability?: number][]): Word[] =>
  words.map(([text, probability]) => ({
    ...word,
    text,
    ...(probability !== undefined && { probability }),
  }))

t.test('pieces of a text have the likelihood of their words', async t => {
  t.same(logprobsIn(['and', ' so'], said(['and', 1], ['so', 0.5])), [
    0,
    Math.log(0.5),
  ])
  t.same(logprobsIn(['and', ' so'], said(['and', 1], ['so'])), [0, undefined])
  t.same(logprobsIn(['and', ' so'], []), [undefined, undefined])
})

t.test('a piece of several words has all of theirs', async t => {
  const words = said(['你', 0.5], ['好', 0.5])
  t.same(logprobsIn(['你好'], words), [2 * Math.log(0.5)])
})

t.test('a piece that differs from its words has no likelihood', async t => {
  const words = said(['twenty', 0.5], ['years', 0.5])
  t.same(logprobsIn(['20', ' years'], words), [undefined, Math.log(0.5)])
})

t.test('returns the likelihood of all pieces or of none', async t => {
  t.same(allKnown([-1, -2]), [-1, -2])
  t.equal(allKnown([-1, undefined]), undefined)
})
