import t from 'tap'
import { SessionClock } from '../../../lib/openai/realtime/server-detection.ts'

t.test('a session that begins amid the source', async t => {
  const clock = new SessionClock()
  t.equal(clock.toSource(7), 0, 'before anything was sent')
  clock.start(0, 48_000)
  t.equal(clock.toSource(0), 48_000)
  t.equal(clock.toSource(100), 48_100)
  t.equal(clock.toSource(-5), 48_000, 'no turn begins before it')
})

t.test('silence that was added is none of the source', async t => {
  const clock = new SessionClock()
  clock.start(0, 1_000)
  clock.stop(1_500)
  t.equal(clock.toSource(500), 1_500)
  t.equal(clock.toSource(9_000), 1_500)
})

t.test('a jump of the source', async t => {
  const clock = new SessionClock()
  clock.stop(3) // no audio yet: of no effect
  clock.start(0, 0)
  clock.stop(500)
  clock.start(800, 24_000)
  t.equal(clock.toSource(499), 499)
  t.equal(clock.toSource(700), 500, 'in the added silence')
  t.equal(clock.toSource(800), 24_000)
  t.equal(clock.toSource(810), 24_010)
})
