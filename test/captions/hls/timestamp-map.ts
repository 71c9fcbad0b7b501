import t from 'tap'
import { timestampMap } from '../../../lib/captions/hls/hls-captions.ts'

t.test('time 0 has the configured timestamp', async t => {
  const map = 'X-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000'
  t.equal(timestampMap(900_000, 0), map)
  t.equal(timestampMap(900_000, 3_600_000), map, 'in every segment')
})

t.test('timestamps that have wrapped are mapped anew', async t => {
  const hours = 3_600_000
  const before = timestampMap(0, 26 * hours)
  t.equal(before, 'X-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000')
  const after = timestampMap(0, 27 * hours)
  const ticks = 27 * hours * 90 - 2 ** 33
  t.equal(after, `X-TIMESTAMP-MAP=MPEGTS:${ticks},LOCAL:27:00:00.000`)
})
