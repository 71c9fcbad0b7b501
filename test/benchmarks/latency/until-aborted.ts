import t from 'tap'
import { untilAborted } from '../../../benchmarks/latency/measure-latency.ts'
import { never } from '../../fixtures/bench-context.ts'

async function* count(): AsyncGenerator<number> {
  yield 1
  yield 2
}

t.test('values come as they are', async t => {
  const values: number[] = []
  for await (const value of untilAborted(count(), never)) values.push(value)
  t.same(values, [1, 2])
})

t.test('an iterable that heeds nothing is left', async t => {
  const abort = new AbortController()
  const values: number[] = []
  const read = async () => {
    const hang = (async function* () {
      yield* count()
      await new Promise(() => {})
    })()
    for await (const value of untilAborted(hang, abort.signal))
      if (values.push(value) === 2)
        setImmediate(() => abort.abort(new Error('late')))
  }
  await t.rejects(read(), { message: 'late' })
  t.same(values, [1, 2])
  await t.rejects(untilAborted(count(), abort.signal).next(), {
    message: 'late',
  })
})

t.test('its errors are its own', async t => {
  const broken = (async function* () {
    yield* count()
    throw new Error('broken')
  })()
  const events = untilAborted(broken, never)
  await events.next()
  await events.next()
  await t.rejects(events.next(), { message: 'broken' })
})
