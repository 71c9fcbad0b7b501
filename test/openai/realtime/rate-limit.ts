import t from 'tap'
import {
  isRateLimit,
  waitOf,
} from '../../../lib/openai/realtime/turn-retries.ts'

t.test('a rate limit is known by its code, type or message', async t => {
  for (const error of [
    { code: 'rate_limit_exceeded' },
    { type: 'rate_limit_error', code: null },
    { message: 'Rate limit reached for gpt-transcribe.' },
    { message: 'Too many requests; try again in 1 s.' },
  ])
    t.ok(isRateLimit(error), JSON.stringify(error))
  for (const error of [
    {},
    { type: 'server_error', code: null, message: 'Failed.' },
  ])
    t.notOk(isRateLimit(error), JSON.stringify(error))
})

t.test('the wait is read from the message', async t => {
  const waits: Record<string, number | undefined> = {
    'Too many requests; try again in 1 s.': 1_000,
    'Please try again in 20ms.': 20,
    'Please try again in 1.5s. Visit the page of your limits.': 1_500,
    'Please try again in 6m0s.': 360_000,
    'Please retry after 2 seconds': 2_000,
    'Retry-After: 3 s': 3_000,
    'Wait 1 minute, 5 seconds before the next request.': 65_000,
    'Limit 20, used 20. Try again later.': undefined,
    'Try again in 5 moments.': undefined,
  }
  for (const [message, ms] of Object.entries(waits))
    t.equal(waitOf({ message }), ms, message)
  t.equal(waitOf({}), undefined)
})
