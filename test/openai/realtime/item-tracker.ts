import t from 'tap'
import { ItemTracker } from '../../../lib/openai/realtime/item-tracker.ts'
import { Turn } from '../../../lib/openai/realtime/turn-queue.ts'

const turns = [1, 2, 3].map(n => new Turn(`turn-${n}`, n, n)) as [
  Turn,
  Turn,
  Turn,
]

/** A tracker in which so many turns were committed. */
const committed = (count: number, textFirst = false): ItemTracker => {
  const tracker = new ItemTracker(textFirst)
  for (const turn of turns.slice(0, count))
    tracker.attemptAt(turn).committed = true
  return tracker
}

t.test('items are those of the turns in their order', async t => {
  const tracker = committed(2)
  t.equal(tracker.commit('a', null), 'ours')
  t.equal(tracker.commit('b', 'a'), 'ours')
  t.match(tracker.attemptOfAnswer('b'), { turn: { id: 'turn-2' } })
  t.match(tracker.attemptOfAnswer('a'), { turn: { id: 'turn-1' } })
  t.match(tracker.attemptOfAnswer('a'), { turn: { id: 'turn-1' } }, 'again')
  t.equal(tracker.unanswered, 0)
})

t.test('a lost commitment is noticed while several turns wait', async t => {
  t.equal(committed(2).commit('b', 'a'), 'unclear')
})

t.test('a lost commitment of the only turn changes nothing', async t => {
  const tracker = committed(1)
  t.match(tracker.attemptOfAnswer('a'), { turn: { id: 'turn-1' } })
  tracker.attemptAt(turns[1]).committed = true
  t.equal(tracker.commit('b', 'a'), 'ours')
  t.match(tracker.attemptOfAnswer('b'), { turn: { id: 'turn-2' } })
})

t.test('a previous item that is null or missing is believed', async t => {
  for (const previous of [null, undefined]) {
    const tracker = committed(2)
    t.equal(tracker.commit('a', previous), 'ours')
    t.equal(tracker.commit('b', previous), 'ours')
  }
})

t.test('accepts an unknown previous item while one turn waits', async t => {
  const tracker = committed(1)
  t.equal(tracker.commit('a', 'item_unknown'), 'ours')
  tracker.attemptOfAnswer('a')
  tracker.attemptAt(turns[1]).committed = true
  t.equal(tracker.commit('b', 'item_unknown'), 'ours')
})

t.test('counts a repeated commitment once', async t => {
  const tracker = committed(2)
  t.equal(tracker.commit('a', null), 'ours')
  t.equal(tracker.commit('a', null), 'repeated')
  t.equal(tracker.commit('b', 'a'), 'ours')
})

t.test('assigns an unknown answer to the only waiting turn', async t => {
  const tracker = committed(1)
  tracker.commit('a', null)
  t.match(tracker.attemptOfAnswer('x'), {
    turn: { id: 'turn-1' },
    confirmed: true,
  })
  t.notOk(tracker.wasCommitted('x'))
  t.equal(tracker.attemptOfAnswer('y'), 'stray', 'nothing waits any more')
  t.equal(committed(2).attemptOfAnswer('x'), 'unclear')
})

t.test('a delta names the next turn, but not for certain', async t => {
  const tracker = committed(1, true)
  tracker.commit('a', null)
  tracker.attemptAt(turns[1]).committed = true
  t.match(tracker.attemptOfDelta('x'), { turn: { id: 'turn-2' } })
  t.equal(
    tracker.attemptOfAnswer('x'),
    'unclear',
    'it may be about either turn',
  )
})

t.test('a commitment says more of a turn than a delta', async t => {
  const tracker = committed(1, true)
  tracker.commit('a', null)
  tracker.attemptAt(turns[1]).committed = true
  tracker.attemptOfDelta('x')
  t.equal(tracker.commit('b', 'a'), 'ours')
  t.equal(tracker.attemptOfAnswer('x'), 'unclear', 'x was not committed')
  t.match(tracker.attemptOfAnswer('b'), { turn: { id: 'turn-2' } })
})

t.test('ignores a delta for a turn that is sent elsewhere', async t => {
  const [first, second] = [new Turn('1', 0, 0), new Turn('2', 1, 1)]
  const tracker = new ItemTracker(true)
  for (const turn of [first, second]) tracker.attemptAt(turn).committed = true
  tracker.commit('a', null)
  tracker.attemptOfDelta('x')
  for (const turn of [first, second]) turn.reset()
  t.equal(tracker.attemptOfAnswer('x'), 'unclear')
  t.equal(tracker.commit('b', 'a'), 'ours')
})

t.test('a delta is about no turn that was not committed', async t => {
  const tracker = committed(1)
  tracker.commit('a', null)
  tracker.attemptAt(turns[1])
  t.match(tracker.attemptOfDelta('x'), { turn: { id: 'turn-1' } })
})

t.test('the refused commit is known by its event', async t => {
  const tracker = committed(2)
  t.match(tracker.takeRefused('turn-2'), { turn: { id: 'turn-2' } })
  t.equal(tracker.takeRefused('turn-2'), undefined)
  t.equal(tracker.takeRefused(null), undefined)
  t.equal(tracker.unanswered, 1)
})

t.test('a turn that the server found keeps its item', async t => {
  const tracker = committed(1)
  tracker.assign('found', turns[1])
  t.equal(tracker.commit('found', null), 'found')
  t.equal(tracker.commit('a', 'found'), 'ours')
  t.match(tracker.attemptOfAnswer('found'), { turn: { id: 'turn-2' } })
})
