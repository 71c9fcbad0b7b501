import t from 'tap'
import { fuzzRealtime } from '../../fixtures/realtime-fuzz.ts'
import { openServer } from '../../fixtures/local-server.ts'

t.test('frames of any kind', async t => {
  const server = await openServer(t)
  await fuzzRealtime(t, server, { numRuns: 40 })
})
