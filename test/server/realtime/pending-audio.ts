import t from 'tap'
import { PendingAudio } from '../../../lib/server/realtime/engine-session.ts'

const samples = Float32Array.from({ length: 16_000 }, (_, i) => i)

t.test('keeps what was not committed, a minute of it', async t => {
  const held = new PendingAudio()
  for (let i = 0; i < 3; i++) await held.push(samples)
  const all = await held.drainUncommitted()
  t.same(all, [...samples, ...samples, ...samples])
  t.equal((await held.drainUncommitted()).length, 0)
  for (let i = 0; i < 70; i++) await held.push(samples)
  t.equal((await held.drainUncommitted()).length, 960_000)
})

t.test('a commit and a clear', async t => {
  const held = new PendingAudio()
  const told: unknown[] = []
  await held.push(samples)
  await held.commit({
    before: () => told.push('before'),
    after: turn => told.push(turn),
  })
  t.same(told, ['before', undefined])
  t.equal((await held.drainUncommitted()).length, 0)
  await held.push(samples)
  await held.clear()
  t.equal((await held.drainUncommitted()).length, 0)
})
