import * as fc from 'fast-check'
import t from 'tap'
import { RoundRobin } from '../../../lib/recognizers/moonshine/job-queue.ts'

const sessions = ['a', 'b', 'c', 'd'].map(name => ({ name }))

t.test('sessions take turns, each in its own order', async t => {
  const counts = fc.array(fc.nat(6), { minLength: 4, maxLength: 4 })
  fc.assert(
    fc.property(counts, counts => {
      const waiting = new RoundRobin<{ session: object; k: number }>()
      for (const [i, session] of sessions.entries())
        for (let k = 0; k < counts[i]!; k++) waiting.add({ session, k })
      const taken = new Map<object, number>()
      for (let item = waiting.take(); item; item = waiting.take()) {
        const { session, k } = item
        const before = taken.get(session) ?? 0
        if (before !== k) throw new Error('out of order')
        taken.set(session, k + 1)
        for (const [i, other] of sessions.entries())
          if (Math.min(k, counts[i]!) > (taken.get(other) ?? 0))
            throw new Error(`${other.name} was kept waiting`)
      }
      const all = sessions.map(session => taken.get(session) ?? 0)
      t.same(all, counts)
      t.equal(waiting.size, 0)
    }),
    { numRuns: 50 },
  )
})

t.test('a session that had its turn goes last', async t => {
  const [a, b] = sessions as [object, object]
  const waiting = new RoundRobin()
  for (const session of [a, a, b]) waiting.add({ session })
  t.equal(waiting.take()!.session, a)
  t.equal(waiting.take()!.session, b)
  waiting.add({ session: b })
  t.equal(waiting.take()!.session, a)
  t.equal(waiting.take()!.session, b)
  t.equal(waiting.take(), undefined)
})

t.test('removed sessions get no turn', async t => {
  const [a, b] = sessions as [object, object]
  const waiting = new RoundRobin<{ session: object; k: number }>()
  const items = [0, 1, 2].map(k => ({ session: k === 1 ? b : a, k }))
  for (const item of items) waiting.add(item)
  waiting.remove(items[0]!)
  waiting.remove(items[0]!)
  waiting.remove(items[1]!)
  waiting.remove({ session: {}, k: 9 })
  t.equal(waiting.size, 1)
  t.equal(waiting.take()!.k, 2)
})
