import fc from 'fast-check'
import t from 'tap'
import type { GapEvent } from '../../../lib/core/transcript-event.ts'
import {
  TurnQueue,
  type Outcome,
  type Turn,
} from '../../../lib/openai/realtime/turn-queue.ts'

const final = (turn: Turn, text = ''): Outcome => ({
  type: 'final',
  turn: turn.id,
  text,
  start: turn.from,
  end: turn.to ?? turn.from,
})

const gap = (start: number): GapEvent => ({
  type: 'gap',
  start,
  end: start + 1,
  reason: 'nothing',
})

const open = () => {
  const out: Outcome[] = []
  return { out, queue: new TurnQueue(outcome => void out.push(outcome)) }
}

/** A turn of so many samples. */
const add = (queue: TurnQueue, from: number, to: number): Turn => {
  const turn = queue.begin(from, from)
  turn.to = to
  return turn
}

t.test('outcomes leave in order, whatever the order they come in', async () => {
  const steps = fc.array(fc.tuple(fc.boolean(), fc.nat()), { maxLength: 12 })
  fc.assert(
    fc.property(steps, steps => {
      const { queue, out } = open()
      const turns: { turn: Turn; rank: number }[] = []
      for (const [at, [isTurn, rank]] of steps.entries())
        if (isTurn) turns.push({ turn: add(queue, at, at + 1), rank })
        else queue.skip(gap(at))
      turns.sort((a, b) => a.rank - b.rank)
      for (const { turn } of turns) queue.settle(turn, final(turn))
      const left = out.map(({ start }) => start)
      return queue.isEmpty && left.join() === [...steps.keys()].join()
    }),
  )
})

t.test('no outcome overtakes an open turn', async t => {
  const { queue, out } = open()
  const first = add(queue, 0, 10)
  const second = add(queue, 20, 30)
  queue.skip(gap(40))
  queue.settle(second, final(second))
  t.same(out, [])
  t.same(queue.unsettled(), [first])
  t.notOk(queue.isEmpty)
  queue.settle(first, final(first))
  t.same(
    out.map(({ start }) => start),
    [0, 20, 40],
  )
  t.ok(queue.isEmpty)
})

t.test('a turn has one outcome', async t => {
  const { queue, out } = open()
  const turn = add(queue, 0, 10)
  t.ok(queue.settle(turn, final(turn, 'one')))
  t.notOk(queue.settle(turn, final(turn, 'two')))
  t.match(out, [{ text: 'one' }])
  t.equal(out.length, 1)
})

t.test('what is open, next, needed and unanswered', async t => {
  const { queue } = open()
  t.match(queue, { open: undefined, next: undefined, needed: undefined })
  const first = add(queue, 100, 110)
  const second = add(queue, 120, 150)
  const third = queue.begin(160, 165)
  t.same([first.id, second.id, third.id], ['turn-1', 'turn-2', 'turn-3'])
  t.equal(queue.open, third)
  t.equal(queue.next, first)
  t.equal(queue.firstNeeded, 100)
  t.equal(queue.unansweredSamples, 40, 'without the open one')
  first.committed = true
  t.equal(queue.next, second, 'what was committed needs no sending')
  t.equal(queue.firstNeeded, 100, 'but its audio, until it is answered')
  first.reset()
  t.equal(queue.next, first, 'until it has to be sent again')
  queue.settle(second, final(second))
  t.equal(queue.unansweredSamples, 10)
  queue.settle(first, final(first))
  t.equal(queue.firstNeeded, 160)
  third.to = 170
  t.equal(queue.open, undefined)
})
