import t from 'tap'
import {
  DRAWS,
  drawnRates,
  pooledRate,
  rateDifference,
  rateInterval,
  rateNoise,
} from '../../../benchmarks/accuracy/bootstrap.ts'
import { seededRandom } from '../../../benchmarks/statistics.ts'

const clip = (errors: number, words: number) => ({
  substitutions: errors,
  insertions: 0,
  deletions: 0,
  errors,
  words,
})

const random = seededRandom(5)
const many = Array.from({ length: 400 }, () => clip(random() < 0.2 ? 1 : 0, 1))

t.test('rates are of all clips together', async t => {
  t.equal(pooledRate([clip(1, 2), clip(0, 8)]), 0.1)
  t.equal(pooledRate([clip(3, 0)]), 0)
  t.equal(pooledRate([]), 0)
})

t.test('draws are the same each time', async t => {
  t.same(drawnRates(many), drawnRates(many))
  t.equal(drawnRates(many).length, DRAWS)
})

t.test('the interval and the error are those of a share', async t => {
  const share = pooledRate(many)
  const error = Math.sqrt((share * (1 - share)) / many.length)
  const noise = rateNoise(many)
  t.ok(Math.abs(noise / error - 1) < 0.05, `${noise}, ${error}`)
  const [low, high] = rateInterval(many)
  t.ok(Math.abs((share - low) / (1.96 * error) - 1) < 0.15)
  t.ok(Math.abs((high - share) / (1.96 * error) - 1) < 0.15)
})

t.test('a difference on the same clips is surer than either', async t => {
  const clips = Array.from({ length: 20 }, (_, i) => clip(i, 20))
  const worse = clips.map(({ errors, words }) => clip(errors + 1, words))
  const { value, interval } = rateDifference(worse, clips)
  for (const one of [value, ...interval]) t.ok(Math.abs(one - 0.05) < 1e-9)
  t.same(rateDifference(clips, clips), { value: 0, interval: [0, 0] })
})

t.test('no rate is known finer than by a word', async t => {
  t.equal(rateNoise([clip(1, 10)]), 0.1)
  t.equal(rateNoise([clip(0, 5), clip(0, 5)]), 0.1)
})
