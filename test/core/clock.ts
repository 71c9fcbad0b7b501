import t from 'tap'
import { systemClock } from '../../lib/core/clock.ts'

t.test('time goes on, and calls back', async t => {
  const before = systemClock.now()
  await new Promise<void>(resolve => systemClock.after(1.5, resolve))
  t.ok(systemClock.now() > before)
})

t.test('what is taken back does not come', async t => {
  const seen: string[] = []
  const takeBack = systemClock.after(1, () => seen.push('first'))
  takeBack()
  await new Promise<void>(resolve => systemClock.after(5, resolve))
  t.strictSame(seen, [])
})
