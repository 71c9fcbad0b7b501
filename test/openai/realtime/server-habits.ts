import t from 'tap'
import { ExpectedEvents } from '../../../lib/openai/realtime/server-detection.ts'

t.test('an event that never comes is missed three times', async t => {
  const habits = new ExpectedEvents()
  const missed = [1, 2, 3, 4, 5].map(() => habits.isLost('stopped'))
  t.same(missed, [true, true, true, false, false])
})

t.test('an event that came once is always missed', async t => {
  const habits = new ExpectedEvents()
  habits.received('committed')
  for (let i = 0; i < 10; i++) t.ok(habits.isLost('committed'))
})

t.test('each event is counted for itself', async t => {
  const habits = new ExpectedEvents()
  for (let i = 0; i < 4; i++) habits.isLost('previous')
  t.notOk(habits.isLost('previous'))
  t.ok(habits.isLost('started'))
  habits.received('previous')
  t.ok(habits.isLost('previous'), 'it came after all')
})
