import t from 'tap'
import { Drain } from '../../../lib/openai/realtime/drain.ts'
import { HandClock } from '../../fixtures/hand-clock.ts'

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

t.test('does nothing any more once it is stopped', async t => {
  const { clock, done, drain } = drained()
  drain.start()
  drain.stop()
  drain.renew()
  drain.progress()
  clock.pass(600_000)
  t.same(done, [])
})
