import { runInNewContext } from 'node:vm'
import t from 'tap'
import { connectProblemOf } from '../../lib/io/http-problems.ts'

t.test('finds the cause though its class is of another context', async t => {
  const cause = runInNewContext(
    `Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })`,
  ) as Error
  t.notOk(cause instanceof Error, 'as an error of Node is in a test of Jest')
  const { reason } = connectProblemOf(
    new TypeError('fetch failed', { cause }),
    'localhost:1',
  )
  t.match(reason, /ECONNREFUSED/)
})
