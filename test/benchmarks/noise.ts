import t from 'tap'
import {
  noiseBetween,
  percentileNoise,
  shareNoise,
  summaryOf,
  seededRandom,
} from '../../benchmarks/statistics.ts'

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
