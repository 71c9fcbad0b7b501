import t from 'tap'
import { wordErrors, wordsOf } from '../../benchmarks/word-errors.ts'

t.test('case, punctuation and hyphens do not count', async t => {
  t.equal(
    wordsOf('Mr. John: cold-hearted,  “SELFISH” – isn’t it?').join(' '),
    'mister john cold hearted selfish isnt it',
  )
  t.equal(wordErrors('Ask not, what.', 'ask NOT what'), 0)
  t.same(wordsOf('ask\nnot'), ['ask', 'not'], 'words of two lines are two')
})

t.test('counts substitutions, insertions and deletions', async t => {
  t.equal(wordErrors('ask not what', 'as not what'), 1)
  t.equal(wordErrors('ask not what', 'ask not you what'), 1)
  t.equal(wordErrors('ask not what', 'ask what'), 1)
  t.equal(wordErrors('ask not what', ''), 3)
  t.equal(wordErrors('', 'ask'), 1)
})
