import t from 'tap'
import type { Word } from '../../lib/core/transcript-event.ts'
import { logprobOf } from '../../lib/server/logprob.ts'

const word: Word = { text: 'so', start: 0, end: 100, source: 'attention' }

t.test('the logarithm, for none without end', async t => {
  t.equal(logprobOf({ ...word, probability: 1 }), 0)
  t.equal(logprobOf({ ...word, probability: 0.5 }), Math.log(0.5))
  t.equal(logprobOf({ ...word, probability: 0 }), Math.log(0.0005))
  t.equal(logprobOf(word), 0)
})
