import t from 'tap'
import { speedsOf } from '../../benchmarks/meters.ts'

t.test('a warm-up comes before the runs that count', async t => {
  let runs = 0
  const speeds = await speedsOf(10, 3, async () => void runs++)
  t.equal(runs, 4)
  t.equal(speeds.length, 3)
  t.ok(speeds.every(speed => speed > 1))
})
