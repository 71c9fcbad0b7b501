import t from 'tap'
import { ServerHabits } from '../../../lib/openai/realtime/server-habits.ts'

t.test('an event that never comes is missed three times', async t => {
  const habits = new ServerHabits()
  const missed = [1, 2, 3, 4, 5].map(() => habits.lacks('stopped'))
  t.same(missed, [true, true, true, false, false])
})

t.test('an event that came once is always missed', async t => {
  const habits = new ServerHabits()
  habits.saw('committed')
  for (let i = 0; i < 10; i++) t.ok(habits.lacks('committed'))
})

t.test('each event is counted for itself', async t => {
  const habits = new ServerHabits()
  for (let i = 0; i < 4; i++) habits.lacks('previous')
  t.notOk(habits.lacks('previous'))
  t.ok(habits.lacks('started'))
  habits.saw('previous')
  t.ok(habits.lacks('previous'), 'it came after all')
})
