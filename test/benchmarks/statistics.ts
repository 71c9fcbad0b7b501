import fc from 'fast-check'
import t from 'tap'
import {
  distributionOf,
  percentile,
  noiseBetween,
  percentileNoise,
  shareNoise,
  summaryOf,
  seededRandom,
} from '../../benchmarks/statistics.ts'

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

const close = (found: number, wanted: number, part = 0.15): boolean =>
  Math.abs(found / wanted - 1) < part

/** Normal numbers by the sum of twelve. */
const normal = (n: number, seed: number): number[] => {
  const random = seededRandom(seed)
  const one = () => Array.from({ length: 12 }, random).reduce((a, b) => a + b)
  return Array.from({ length: n }, () => one() - 6)
}

t.test('random numbers are the same each time, and even', async t => {
  const of = (seed: number) => Array.from({ length: 500 }, seededRandom(seed))
  t.same(of(1), of(1))
  t.not(of(1)[0], of(2)[0])
  const mean = of(3).reduce((a, b) => a + b) / 500
  t.ok(Math.abs(mean - 0.5) < 0.05)
  t.ok(of(3).every(x => x >= 0 && x < 1))
})

t.test('noise between runs is a standard error of their mean', async t => {
  t.equal(noiseBetween([7]), 0, 'one run does not tell')
  t.equal(noiseBetween([1, 3]), 1)
  t.ok(close(noiseBetween([1, 2, 3, 4]), 0.6455, 0.001))
})

t.test('that of a median is what theory says of normal values', async t => {
  const values = normal(400, 5)
  const noise = percentileNoise([[values]], 0.5)
  t.ok(close(noise, 1.253 / Math.sqrt(400), 0.25), `${noise}`)
  t.equal(noise, percentileNoise([[values]], 0.5), 'the same each time')
})

t.test('clips that differ are no noise, runs that differ are', async t => {
  t.equal(percentileNoise([[[1, 1, 1], [9]]], 0.5), 0)
  t.equal(percentileNoise([[[100, 100]], [[200, 200]]], 0.5), 50)
  t.equal(percentileNoise([[[]], []], 0.5), 0, 'nothing, no noise')
})

t.test('that of a share is binomial', async t => {
  t.equal(shareNoise(0.5, 100), 0.05)
  t.equal(shareNoise(1.2, 100), 0, 'more errors than words')
  t.equal(shareNoise(0.5, 0), 0)
})

t.test('runs are summed up by their median and quartiles', async t => {
  t.match(summaryOf([1, 2, 3, 4, 5]), { median: 3, spread: 1 / 3 })
  const { noise } = summaryOf(normal(2_000, 9))
  t.ok(close(noise, 1.253 / Math.sqrt(2_000)), `${noise}`)
})
