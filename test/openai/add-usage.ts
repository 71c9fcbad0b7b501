import t from 'tap'
import { addUsage } from '../../lib/openai/add-usage.ts'

t.test('usages are added up by kind', async t => {
  const seconds = { type: 'duration', seconds: 1.5 } as const
  const tokens = { type: 'tokens', input: 10, output: 5, total: 15 } as const
  t.same(addUsage(undefined, seconds), seconds)
  t.same(addUsage(seconds, seconds), { type: 'duration', seconds: 3 })
  t.same(addUsage(tokens, { ...tokens, output: 7, total: 17 }), {
    type: 'tokens',
    input: 20,
    output: 12,
    total: 32,
  })
  t.same(addUsage(tokens, seconds), tokens)
  t.same(addUsage(seconds, tokens), seconds)
  t.same(addUsage(seconds, undefined), seconds)
})
