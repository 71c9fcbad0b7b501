import t from 'tap'
import { fuzzRealtime } from '../../fixtures/realtime-fuzz.ts'
import { openServed } from '../../fixtures/served.ts'

t.test('frames of any kind', async t => {
  const server = await openServed(t)
  await fuzzRealtime(t, server, { numRuns: 40 })
})
