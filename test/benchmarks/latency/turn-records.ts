import t from 'tap'
import { recordTurns } from '../../../benchmarks/latency/turn-records.ts'
import type { TranscriptEvent } from '../../../lib/core/transcript-event.ts'

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
