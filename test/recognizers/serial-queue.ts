import t from 'tap'
import { SerialQueue } from '../../lib/recognizers/vad-session.ts'

t.test('steps run in order, and end with the first that fails', async t => {
  const sequence = new SerialQueue()
  const seen: number[] = []
  const later = sequence.run(async () => {
    await new Promise(setImmediate)
    return seen.push(1)
  })
  void sequence.run(() => seen.push(2))
  t.equal(await later, 1)
  await sequence.done
  t.same(seen, [1, 2])
  await t.rejects(sequence.run(() => Promise.reject(new Error('no'))))
  await t.rejects(
    sequence.run(() => seen.push(3)),
    { message: 'no' },
  )
  await t.rejects(sequence.done)
  t.same(seen, [1, 2])
})
