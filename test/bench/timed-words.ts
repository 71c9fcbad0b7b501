import fc from 'fast-check'
import t from 'tap'
import { arrivedWords, normalizePlaced } from '../../lib/bench/timed-words.ts'
import { wordsOf } from '../../lib/bench/word-errors.ts'

t.test('a word arrives with its last letter', async t => {
  t.strictSame(
    arrivedWords([
      { text: 'And so', at: 100 },
      { text: ', my fel', at: 200 },
      { text: 'low Americans', at: 300 },
      { text: '.', at: 400 },
    ]),
    [
      { word: 'and', at: 100 },
      { word: 'so', at: 100 },
      { word: 'my', at: 200 },
      { word: 'fellow', at: 300 },
      { word: 'americans', at: 300 },
    ],
  )
  t.strictSame(arrivedWords([]), [])
})

t.test('hyphens part words, titles are written out', async t => {
  t.strictSame(
    arrivedWords([
      { text: 'cold-', at: 1 },
      { text: 'hearted Mr', at: 2 },
      { text: '. – Dashwood', at: 3 },
    ]),
    [
      { word: 'cold', at: 1 },
      { word: 'hearted', at: 2 },
      { word: 'mister', at: 2 },
      { word: 'dashwood', at: 3 },
    ],
  )
})

t.test('however a text is cut, its words are those of the whole', async t => {
  const text = 'Unless, to be “rather” cold-hearted — isn’t 3.5 Mr. … Who?'
  const cuts = fc.array(fc.nat(text.length), { maxLength: 20 })
  fc.assert(
    fc.property(cuts, cuts => {
      const edges = [0, ...cuts.sort((a, b) => a - b), text.length]
      const parts = edges
        .slice(1)
        .map((edge, i) => ({ text: text.slice(edges[i], edge), at: i }))
      const words = arrivedWords(parts)
      t.strictSame(
        words.map(({ word }) => word),
        wordsOf(text),
      )
      t.ok(words.every(({ at }, i) => i === 0 || at >= words[i - 1]!.at))
    }),
    { numRuns: 50 },
  )
})

t.test('of a word that is two, the second has the end', async t => {
  t.strictSame(
    normalizePlaced([
      { text: 'Cold-hearted,', start: 10, end: 90 },
      { text: '–', start: 90, end: 95 },
      { text: 'so', start: 95, end: 99 },
    ]),
    [
      { text: 'Cold-hearted,', word: 'cold', start: 10, end: NaN },
      { text: 'Cold-hearted,', word: 'hearted', start: 10, end: 90 },
      { text: 'so', word: 'so', start: 95, end: 99 },
    ],
  )
})
