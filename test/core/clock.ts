import t from 'tap'
import { systemClock } from '../../lib/core/clock.ts'

t.test('time goes on, and calls back', async t => {
  const before = systemClock.now()
  await new Promise<void>(resolve => systemClock.after(1.5, resolve))
  t.ok(systemClock.now() > before)
})

t.test('a cancelled timer does not fire', async t => {
  const seen: string[] = []
  const takeBack = systemClock.after(1, () => seen.push('first'))
  takeBack()
  await new Promise<void>(resolve => systemClock.after(5, resolve))
  t.strictSame(seen, [])
})

t.test('a wait longer than any timer does not end immediately', async t => {
  const called: number[] = []
  for (const ms of [2 ** 31, 3e9, Infinity])
    t.teardown(systemClock.after(ms, () => called.push(ms)))
  await new Promise<void>(resolve => systemClock.after(20, resolve))
  t.same(called, [])
})
