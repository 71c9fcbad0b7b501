import fc from 'fast-check'
import t from 'tap'
import { distributionOf, percentile } from '../../benchmarks/statistics.ts'

t.test('known answers', async t => {
  const hundred = Array.from({ length: 101 }, (_, i) => 100 - i)
  t.strictSame(distributionOf(hundred), {
    n: 101,
    p50: 50,
    p90: 90,
    p95: 95,
    p99: 99,
    max: 100,
  })
  t.equal(percentile([10, 20], 0.5), 15, 'between two values')
  t.equal(percentile([10, 20, 40], 0.75), 30)
  t.match(distributionOf([7]), { n: 1, p50: 7, p99: 7, max: 7 })
  t.strictSame(distributionOf([]), {
    n: 0,
    p50: null,
    p90: null,
    p95: null,
    p99: null,
    max: null,
  })
})

t.test('percentiles rise and lie among the values', async t => {
  const values = fc.array(fc.integer(), { minLength: 1 })
  fc.assert(
    fc.property(values, values => {
      const before = [...values]
      const { n, p50, p90, p95, p99, max } = distributionOf(values)
      const all = [Math.min(...values), p50!, p90!, p95!, p99!, max!]
      t.strictSame(values, before, 'the values keep their order')
      t.equal(n, values.length)
      t.equal(max, Math.max(...values))
      t.strictSame(
        all,
        [...all].sort((a, b) => a - b),
      )
    }),
    { numRuns: 50 },
  )
})
