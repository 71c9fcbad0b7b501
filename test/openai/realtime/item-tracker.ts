import t from 'tap'
import { ItemTracker } from '../../../lib/openai/realtime/item-tracker.ts'
import { Turn } from '../../../lib/openai/realtime/turn.ts'

const turns = [1, 2, 3].map(n => new Turn(`turn-${n}`, n, n)) as [
  Turn,
  Turn,
  Turn,
]

/** A book in which so many turns were committed. */
const committed = (count: number, textFirst = false): ItemTracker => {
  const book = new ItemTracker(textFirst)
  for (const turn of turns.slice(0, count))
    book.attemptAt(turn).committed = true
  return book
}

t.test('items are those of the turns in their order', async t => {
  const book = committed(2)
  t.equal(book.commit('a', null), 'ours')
  t.equal(book.commit('b', 'a'), 'ours')
  t.match(book.attemptOfAnswer('b'), { turn: { id: 'turn-2' } })
  t.match(book.attemptOfAnswer('a'), { turn: { id: 'turn-1' } })
  t.match(book.attemptOfAnswer('a'), { turn: { id: 'turn-1' } }, 'again')
  t.equal(book.unanswered, 0)
})

t.test('a lost commitment is noticed while several turns wait', async t => {
  t.equal(committed(2).commit('b', 'a'), 'unclear')
})

t.test('a lost commitment of the only turn changes nothing', async t => {
  const book = committed(1)
  t.match(book.attemptOfAnswer('a'), { turn: { id: 'turn-1' } })
  book.attemptAt(turns[1]).committed = true
  t.equal(book.commit('b', 'a'), 'ours')
  t.match(book.attemptOfAnswer('b'), { turn: { id: 'turn-2' } })
})

t.test('a previous item that is null or missing is believed', async t => {
  for (const previous of [null, undefined]) {
    const book = committed(2)
    t.equal(book.commit('a', previous), 'ours')
    t.equal(book.commit('b', previous), 'ours')
  }
})

t.test('a placeholder is no harm while one turn waits', async t => {
  const book = committed(1)
  t.equal(book.commit('a', 'TODO'), 'ours')
  book.attemptOfAnswer('a')
  book.attemptAt(turns[1]).committed = true
  t.equal(book.commit('b', 'TODO'), 'ours')
})

t.test('a commitment that comes twice counts once', async t => {
  const book = committed(2)
  t.equal(book.commit('a', null), 'ours')
  t.equal(book.commit('a', null), 'repeated')
  t.equal(book.commit('b', 'a'), 'ours')
})

t.test('an unknown answer is that of the only turn that waits', async t => {
  const book = committed(1)
  book.commit('a', null)
  t.match(book.attemptOfAnswer('x'), {
    turn: { id: 'turn-1' },
    confirmed: true,
  })
  t.notOk(book.wasCommitted('x'))
  t.equal(book.attemptOfAnswer('y'), 'stray', 'nothing waits any more')
  t.equal(committed(2).attemptOfAnswer('x'), 'unclear')
})

t.test('a delta names the next turn, but not for certain', async t => {
  const book = committed(1, true)
  book.commit('a', null)
  book.attemptAt(turns[1]).committed = true
  t.match(book.attemptOfDelta('x'), { turn: { id: 'turn-2' } })
  t.equal(book.attemptOfAnswer('x'), 'unclear', 'it may be about either turn')
})

t.test('a commitment says more of a turn than a delta', async t => {
  const book = committed(1, true)
  book.commit('a', null)
  book.attemptAt(turns[1]).committed = true
  book.attemptOfDelta('x')
  t.equal(book.commit('b', 'a'), 'ours')
  t.equal(book.attemptOfAnswer('x'), 'unclear', 'x was not committed')
  t.match(book.attemptOfAnswer('b'), { turn: { id: 'turn-2' } })
})

t.test('a delta is not believed of a turn that is sent elsewhere', async t => {
  const [first, second] = [new Turn('1', 0, 0), new Turn('2', 1, 1)]
  const book = new ItemTracker(true)
  for (const turn of [first, second]) book.attemptAt(turn).committed = true
  book.commit('a', null)
  book.attemptOfDelta('x')
  for (const turn of [first, second]) turn.reset()
  t.equal(book.attemptOfAnswer('x'), 'unclear')
  t.equal(book.commit('b', 'a'), 'ours')
})

t.test('a delta is about no turn that was not committed', async t => {
  const book = committed(1)
  book.commit('a', null)
  book.attemptAt(turns[1])
  t.match(book.attemptOfDelta('x'), { turn: { id: 'turn-1' } })
})

t.test('the refused commit is known by its event', async t => {
  const book = committed(2)
  t.match(book.takeRefused('turn-2'), { turn: { id: 'turn-2' } })
  t.equal(book.takeRefused('turn-2'), undefined)
  t.equal(book.takeRefused(null), undefined)
  t.equal(book.unanswered, 1)
})

t.test('a turn that the server found keeps its item', async t => {
  const book = committed(1)
  book.assign('found', turns[1])
  t.equal(book.commit('found', null), 'found')
  t.equal(book.commit('a', 'found'), 'ours')
  t.match(book.attemptOfAnswer('found'), { turn: { id: 'turn-2' } })
})
