import fc from 'fast-check'
import t from 'tap'
import {
  arrivedWords,
  normalizePlaced,
  recordTurns,
} from '../../../benchmarks/latency/turn-records.ts'
import { wordsOf } from '../../../benchmarks/word-errors.ts'
import type { TranscriptEvent } from '../../../lib/core/transcript-event.ts'

type Pair = readonly [text: string, at: number]

const pieces = (...pairs: Pair[]): { text: string; at: number }[] =>
  pairs.map(([text, at]) => ({ text, at }))

const words = (...pairs: Pair[]): { word: string; at: number }[] =>
  pairs.map(([word, at]) => ({ word, at }))

t.test('a word arrives with its last letter', async t => {
  t.strictSame(
    arrivedWords(
      pieces(
        ['And so', 100],
        [', my fel', 200],
        ['low Americans', 300],
        ['.', 400],
      ),
    ),
    words(
      ['and', 100],
      ['so', 100],
      ['my', 200],
      ['fellow', 300],
      ['americans', 300],
    ),
  )
  t.strictSame(arrivedWords([]), [])
})

t.test('hyphens part words, titles are written out', async t => {
  t.strictSame(
    arrivedWords(pieces(['cold-', 1], ['hearted Mr', 2], ['. – Dashwood', 3])),
    words(['cold', 1], ['hearted', 2], ['mister', 2], ['dashwood', 3]),
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

const delta = (turn: string, text: string): TranscriptEvent => ({
  type: 'delta',
  turn,
  text,
})
const final = (turn: string): TranscriptEvent => ({
  type: 'final',
  turn,
  text: 'so',
  start: 0,
  end: 1,
})
const record = (...events: TranscriptEvent[]) =>
  recordTurns(events.map((event, at) => ({ at, event })))

t.test('sorts by turn, also where the next begins before a final', async t => {
  const { turns, violations } = record(
    { type: 'speech-start', turn: 'a', at: 0 },
    delta('a', 'as'),
    delta('b', 'and'),
    final('a'),
    delta('b', ' so'),
    final('b'),
    { type: 'end', duration: 9, complete: true },
  )
  t.strictSame(violations, [])
  t.match(turns, [
    { turn: 'a', deltas: [{ text: 'as', at: 1 }], finalAt: 3 },
    {
      turn: 'b',
      deltas: [
        { text: 'and', at: 2 },
        { text: ' so', at: 4 },
      ],
      finalAt: 5,
    },
  ])
})

t.test('reports events that violate the contract', async t => {
  t.strictSame(record(final('a'), delta('a', 'so')).violations, [
    'a: a delta after its final',
  ])
  t.strictSame(record(final('a'), final('a')).violations, [
    'a: a final after its final',
  ])
  t.strictSame(record(delta('a', 'so')).violations, [
    'a: deltas without a final',
  ])
})
