import t from 'tap'
import { gapOf } from '../../../lib/openai/realtime/event-writer.ts'
import { resolveTiming } from '../../../lib/openai/realtime/session-settings.ts'
import {
  TurnQueue,
  type Turn,
} from '../../../lib/openai/realtime/turn-queue.ts'
import {
  TurnRetries,
  Drain,
} from '../../../lib/openai/realtime/turn-retries.ts'
import { HandClock } from '../../fixtures/hand-clock.ts'

/** Tries with the default times, and what they did at which second. */
const trying = () => {
  const clock = new HandClock()
  const begun = clock.now()
  const done: string[] = []
  const note = (what: string, { id }: Turn): void =>
    void done.push(`${what} ${id} ${(clock.now() - begun) / 1_000}`)
  const queue = new TurnQueue(() => {})
  let onAgain: (turn: Turn) => void = () => {}
  const tries = new TurnRetries(
    resolveTiming(),
    queue,
    {
      onGiveUp: (turn, reason) => {
        note('gap', turn)
        queue.settle(turn, gapOf(turn, reason))
        tries.settled(turn)
      },
      onAgain: turn => {
        note('again', turn)
        turn.reset()
        onAgain(turn)
      },
      onUnanswered: () => {},
    },
    clock,
  )
  let place = 0
  /** A turn of a second that has ended now. */
  const end = (): Turn => {
    const turn = queue.begin(place, place)
    turn.close((place += 24_000), place)
    turn.closedAt = clock.now()
    tries.watchOldest()
    return turn
  }
  const answer = (turn: Turn): void => {
    const { id, start } = turn
    const final = { type: 'final', turn: id, text: 'x', start, end: start }
    queue.settle(turn, final as Parameters<typeof queue.settle>[1])
    tries.settled(turn)
  }
  const reply = (to: (turn: Turn) => void): void => void (onAgain = to)
  return { clock, done, tries, end, answer, reply }
}

t.test('a turn without an answer is committed three times', async t => {
  const { clock, done, tries, end, reply } = trying()
  const turn = end()
  reply(turn => tries.committed(turn))
  tries.committed(turn)
  clock.pass(600_000)
  t.same(done, ['again turn-1 30', 'again turn-1 60', 'gap turn-1 90'])
  t.equal(clock.waiting, 0)
})

t.test('an unanswered turn becomes a gap after 4.5 minutes', async t => {
  const { clock, done, tries, end } = trying()
  end()
  // Sessions come and go, and none of them gets as far as a commit.
  for (let s = 0; s < 600; s += 10) {
    clock.pass(10_000)
    tries.ready()
  }
  t.same(done, ['gap turn-1 270'])
})

t.test('a lost connection does not count as an attempt', async t => {
  const { clock, done, tries, end } = trying()
  const [first, second] = [end(), end()]
  for (let i = 0; i < 8; i++) {
    for (const turn of [first, second]) tries.committed(turn)
    clock.pass(29_000)
    tries.lost([first, second], 'code 1011')
  }
  t.same(done, [])
  clock.pass(600_000)
  t.same(done, ['gap turn-1 270', 'gap turn-2 270'])
})

t.test('a turn that ends three sessions is given up', async t => {
  const { done, tries, end, answer } = trying()
  const [turn, other] = [end(), end()]
  tries.lost([turn], 'code 1011')
  answer(other)
  tries.lost([turn], 'code 1011')
  t.same(done, [])
  tries.lost([turn], 'code 1011')
  t.same(done, ['gap turn-1 0'])
})

t.test('network failures do not count against a turn', async t => {
  const { clock, done, tries, end, answer } = trying()
  const [turn, other] = [end(), end()]
  tries.lost([turn], 'nothing answers', true)
  answer(other)
  for (let i = 0; i < 10; i++) tries.lost([turn], 'nothing answers', true)
  t.same(done, [])
  t.ok(turn.failureCount > 0, 'others are sent before it')
  clock.pass(600_000)
  t.same(done, ['gap turn-1 270'], 'its time is bounded all the same')
})

t.test('a turn that fails is tried three times', async t => {
  const { done, tries, end } = trying()
  const turn = end()
  for (let i = 0; i < 3; i++) tries.failed(turn, { code: 'server_error' })
  t.same(done, ['again turn-1 0', 'again turn-1 0', 'gap turn-1 0'])
})

t.test('rate limits are waited for until giveUpMs', async t => {
  const { clock, done, tries, end } = trying()
  const turn = end()
  const error = { code: 'rate_limit_exceeded', message: 'try again in 19s' }
  for (let i = 0; i < 5; i++) {
    tries.failed(turn, error)
    clock.pass(19_000)
  }
  const times = [0, 19, 38, 57]
  const again = times.map(s => `again turn-1 ${s}`)
  t.same(done, [...again, 'gap turn-1 76'])
})

t.test('without a service, turns older than giveUpMs are given up', async t => {
  const { clock, done, tries, end } = trying()
  end()
  clock.pass(61_000)
  end()
  tries.down(60_000, 'no route')
  t.same(done, [])
  t.notOk(tries.isHopeless)
  tries.down(60_001, 'no route')
  t.same(done, ['gap turn-1 61'])
  t.ok(tries.isHopeless)
  tries.ready()
  t.notOk(tries.isHopeless)
})

t.test('stops waiting once it is closed', async t => {
  const { clock, done, tries, end } = trying()
  tries.committed(end())
  tries.close()
  clock.pass(600_000)
  t.same(done, [])
})

const timing = { drainMs: 30_000, giveUpMs: 60_000 }

/** A drain, and what it did at which time. */
const drained = ({ served = true, hopeless = false } = {}) => {
  const clock = new HandClock()
  const begun = clock.now()
  const done: string[] = []
  const note = (what: string) => () =>
    void done.push(`${what} ${(clock.now() - begun) / 1_000}`)
  const state = { served, hopeless }
  const drain = new Drain(
    timing,
    {
      isServed: () => state.served,
      isHopeless: () => state.hopeless,
      onAgain: note('again'),
      onOver: note('over'),
    },
    clock,
  )
  return { clock, done, drain, state }
}

t.test('gives up after three waits in which nothing happens', async t => {
  const { clock, done, drain } = drained()
  drain.start()
  clock.pass(600_000)
  t.same(done, ['again 30', 'again 60', 'over 90'])
  t.equal(clock.waiting, 0)
})

t.test('waits anew when a turn is tried again', async t => {
  const { clock, done, drain } = drained()
  drain.renew()
  t.equal(clock.waiting, 0, 'not before the source has ended')
  drain.start()
  clock.pass(29_000)
  drain.renew()
  clock.pass(600_000)
  t.same(done, ['again 59', 'again 89', 'over 119'])
})

t.test('counts anew when a turn gets its outcome', async t => {
  const { clock, done, drain } = drained()
  drain.start()
  clock.pass(61_000)
  drain.progress()
  clock.pass(600_000)
  t.same(done, ['again 30', 'again 60', 'again 91', 'again 121', 'over 151'])
})

t.test('does not count time without a session', async t => {
  const { clock, done, drain, state } = drained({ served: false })
  drain.start()
  clock.pass(100_000)
  t.same(done, [])
  state.served = true
  drain.renew()
  clock.pass(600_000)
  t.same(done, ['again 130', 'again 160', 'over 190'])
})

t.test('gives up when there is no hope for a session', async t => {
  const { clock, done, drain } = drained({ served: false, hopeless: true })
  drain.start()
  clock.pass(600_000)
  t.same(done, ['over 30'])
})

t.test('gives up in any case some time after the last outcome', async t => {
  const { clock, done, drain, state } = drained({ served: false })
  drain.start()
  for (let s = 0; s < 500; s++) {
    clock.pass(1_000)
    state.served = s % 30 === 29
    drain.renew()
  }
  t.same(done, ['over 270'])
  t.equal(clock.waiting, 0)
})

t.test('does nothing once it is stopped', async t => {
  const { clock, done, drain } = drained()
  drain.start()
  drain.stop()
  drain.renew()
  drain.progress()
  clock.pass(600_000)
  t.same(done, [])
})
