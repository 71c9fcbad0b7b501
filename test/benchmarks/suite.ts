import t from 'tap'
import { attempt, type Failure } from '../../benchmarks/suite.ts'

t.test('reports a failure and continues', async t => {
  const lines: string[] = []
  const failures: Failure[] = []
  const { signal } = new AbortController()
  const progress = (line: string) => void lines.push(line)
  const found = await attempt(
    { progress, signal },
    failures,
    'one',
    async () => {
      throw new Error('broken')
    },
  )
  t.equal(found, undefined)
  t.equal(
    await attempt({ progress, signal }, failures, 'two', async () => 2),
    2,
  )
  t.same(failures, [{ name: 'one', problem: 'broken' }])
  t.same(lines, ['one …', 'two …'])
})

t.test('rejects with the reason of the abort', async t => {
  const abort = new AbortController()
  const failures: Failure[] = []
  const context = { progress: () => {}, signal: abort.signal }
  const wrong = async () => {
    abort.abort(new Error('enough'))
    throw new Error('broken by that')
  }
  await t.rejects(attempt(context, failures, 'one', wrong), {
    message: 'enough',
  })
  await t.rejects(attempt(context, failures, 'two', wrong), {
    message: 'enough',
  })
  t.same(failures, [])
})
