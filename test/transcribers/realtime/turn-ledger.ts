import fc from 'fast-check'
import t from 'tap'
import type { GapEvent } from '../../../lib/core/transcript-event.ts'
import { TurnLedger } from '../../../lib/transcribers/realtime/turn-ledger.ts'
import type { Outcome, Turn } from '../../../lib/transcribers/realtime/turn.ts'

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
  return { out, ledger: new TurnLedger(outcome => void out.push(outcome)) }
}

/** A turn of so many samples. */
const add = (ledger: TurnLedger, from: number, to: number): Turn => {
  const turn = ledger.begin(from, from)
  turn.to = to
  return turn
}

t.test('outcomes leave in order, whatever the order they come in', async () => {
  const steps = fc.array(fc.tuple(fc.boolean(), fc.nat()), { maxLength: 12 })
  fc.assert(
    fc.property(steps, steps => {
      const { ledger, out } = open()
      const turns: { turn: Turn; rank: number }[] = []
      for (const [at, [isTurn, rank]] of steps.entries())
        if (isTurn) turns.push({ turn: add(ledger, at, at + 1), rank })
        else ledger.skip(gap(at))
      turns.sort((a, b) => a.rank - b.rank)
      for (const { turn } of turns) ledger.settle(turn, final(turn))
      const left = out.map(({ start }) => start)
      return ledger.empty && left.join() === [...steps.keys()].join()
    }),
  )
})

t.test('nothing overtakes a turn without an outcome', async t => {
  const { ledger, out } = open()
  const first = add(ledger, 0, 10)
  const second = add(ledger, 20, 30)
  ledger.skip(gap(40))
  ledger.settle(second, final(second))
  t.same(out, [])
  t.same(ledger.unsettled(), [first])
  t.notOk(ledger.empty)
  ledger.settle(first, final(first))
  t.same(
    out.map(({ start }) => start),
    [0, 20, 40],
  )
  t.ok(ledger.empty)
})

t.test('a turn has one outcome', async t => {
  const { ledger, out } = open()
  const turn = add(ledger, 0, 10)
  t.ok(ledger.settle(turn, final(turn, 'one')))
  t.notOk(ledger.settle(turn, final(turn, 'two')))
  t.match(out, [{ text: 'one' }])
  t.equal(out.length, 1)
})

t.test('what is open, next, needed and unanswered', async t => {
  const { ledger } = open()
  t.match(ledger, { open: undefined, next: undefined, needed: undefined })
  const first = add(ledger, 100, 110)
  const second = add(ledger, 120, 150)
  const third = ledger.begin(160, 165)
  t.same([first.id, second.id, third.id], ['turn-1', 'turn-2', 'turn-3'])
  t.equal(ledger.open, third)
  t.equal(ledger.next, first)
  t.equal(ledger.needed, 100)
  t.equal(ledger.unanswered, 40, 'without the open one')
  first.committed = true
  t.equal(ledger.next, second, 'what was committed needs no sending')
  t.equal(ledger.needed, 100, 'but its audio, until it is answered')
  first.reset()
  t.equal(ledger.next, first, 'until it has to be sent again')
  ledger.settle(second, final(second))
  t.equal(ledger.unanswered, 10)
  ledger.settle(first, final(first))
  t.equal(ledger.needed, 160)
  third.to = 170
  t.equal(ledger.open, undefined)
})
