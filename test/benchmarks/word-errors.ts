import fc from 'fast-check'
import t from 'tap'
import {
  alignWords,
  sumErrors,
  wordErrors,
  wordsOf,
} from '../../benchmarks/word-errors.ts'

const align = (reference: string, heard: string) =>
  alignWords(
    reference.split(' ').filter(Boolean),
    heard.split(' ').filter(Boolean),
  )

t.test('classifies errors and aligns the words', async t => {
  t.match(align('ask not what', 'ask not what'), {
    errors: 0,
    words: 3,
    heardAt: [0, 1, 2],
  })
  t.match(align('ask not what', 'as not what'), {
    substitutions: 1,
    errors: 1,
    heardAt: [0, 1, 2],
  })
  t.match(align('ask not what', 'ask not you what'), {
    insertions: 1,
    errors: 1,
    heardAt: [0, 1, 3],
  })
  t.match(align('ask not what', 'ask what'), {
    deletions: 1,
    errors: 1,
    heardAt: [0, -1, 1],
  })
  t.match(align('ask', ''), { deletions: 1, words: 1, heardAt: [-1] })
  t.match(align('', 'ask'), { insertions: 1, words: 0, heardAt: [] })
})

t.test(
  'of equally short ways it takes the one that is right more often',
  async t => {
    const { heardAt, errors } = align('a b', 'b c')
    t.equal(errors, 2)
    t.strictSame(heardAt, [-1, 0], 'b is b')
  },
)

t.test('what is missing is missing late', async t => {
  t.strictSame(align('ask not what', 'ask lot').heardAt, [0, 1, -1])
})

t.test('a word that comes twice keeps its place', async t => {
  const { heardAt } = align(
    'you can do for you can do',
    'you do for you can do',
  )
  t.strictSame(heardAt, [0, -1, 1, 2, 3, 4, 5])
})

/** Levenshtein's distance by its definition. */
const distance = (a: readonly string[], b: readonly string[]): number => {
  if (a.length === 0 || b.length === 0) return a.length + b.length
  const [x, y] = [a.slice(1), b.slice(1)]
  if (a[0] === b[0]) return distance(x, y)
  return 1 + Math.min(distance(x, y), distance(x, b), distance(a, y))
}

t.test('the counts are the distance, and places rise', async t => {
  const words = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 6 })
  fc.assert(
    fc.property(words, words, (reference, heard) => {
      const found = alignWords(reference, heard)
      const { substitutions, insertions, deletions, errors, heardAt } = found
      const places = heardAt.filter(at => at >= 0)
      t.equal(errors, distance(reference, heard))
      t.equal(substitutions + insertions + deletions, errors)
      t.equal(heardAt.length - deletions, places.length)
      t.equal(heard.length - insertions, places.length)
      t.ok(places.every((at, i) => i === 0 || at > places[i - 1]!))
      const wrong = heardAt.filter(
        (at, i) => at >= 0 && heard[at] !== reference[i],
      )
      t.equal(wrong.length, substitutions)
    }),
    { numRuns: 60 },
  )
})

t.test('sums counts', async t => {
  const { heardAt: _, ...all } = align('a b c', 'a x')
  t.strictSame(sumErrors([]).errors, 0)
  t.strictSame(sumErrors([all]), all)
  t.match(sumErrors([all, all]), { errors: 4, words: 6, substitutions: 2 })
})

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
