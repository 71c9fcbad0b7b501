import t from 'tap'
import { residentMB } from '../../fixtures/memory.ts'
import { fuzzRealtime } from '../../fixtures/realtime-fuzz.ts'
import { openServer } from '../../fixtures/local-server.ts'

t.test('10,000 sessions of frames of any kind', async t => {
  const server = await openServer(t)
  await fuzzRealtime(t, server, { numRuns: 500, seed: 1 })
  const before = residentMB()
  await fuzzRealtime(t, server, { numRuns: 9_500, seed: 2 })
  const grown = residentMB() - before
  t.comment(`grown by ${grown.toFixed(0)} MB, from ${before.toFixed(0)} MB`)
  t.ok(grown < 100, 'and no memory is lost')
})
