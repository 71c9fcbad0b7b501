import t from 'tap'
import { ratioOf, scaleFrames } from '../../lib/audio/resample.ts'

t.test('ratios are in lowest terms', async t => {
  t.same(ratioOf(44_100, 16_000), { up: 160, down: 441 })
  t.same(ratioOf(8_000, 24_000), { up: 3, down: 1 })
  t.same(ratioOf(16_000, 16_000), { up: 1, down: 1 })
})

t.test('frames scale to the nearest', async t => {
  t.equal(scaleFrames(3, 48_000, 16_000), 1)
  t.equal(scaleFrames(4, 48_000, 16_000), 1)
  t.equal(scaleFrames(5, 48_000, 16_000), 2)
  t.equal(scaleFrames(441, 44_100, 16_000), 160)
  const threeYears = 48_000 * 86_400 * 1_000
  t.equal(scaleFrames(threeYears, 48_000, 44_100), threeYears * (147 / 160))
})
