import t from 'tap'
import { finiteChannels, mixToMono } from '../../lib/audio/resample-chunks.ts'

const of = (...samples: number[]) => Float32Array.from(samples)

t.test('the mean of any number of channels', async t => {
  t.same(mixToMono([of(1, 0.5), of(0, -0.5)]), of(0.5, 0))
  t.same(mixToMono([of(0.75), of(0.75), of(-0.75)]), of(0.25))
  t.same(mixToMono(Array.from({ length: 8 }, () => of(1, -1))), of(1, -1))
})

t.test('a single channel is returned unchanged', async t => {
  const samples = of(0.1, 0.2)
  t.equal(mixToMono([samples]), samples)
  const channels = [samples, samples]
  t.equal(finiteChannels(channels), channels)
})

t.test('counts values that are not finite as 0', async t => {
  t.same(mixToMono([of(NaN, 0.5)]), of(0, 0.5))
  t.same(mixToMono([of(NaN, 1, Infinity), of(1, 1, -Infinity)]), of(0.5, 1, 0))
  t.same(mixToMono([of(1), of(Infinity), of(0.5)]), of(0.5))
  t.same(finiteChannels([of(1), of(-Infinity)]), [of(1), of(0)])
})

t.test('the largest floats do not overflow', async t => {
  const max = of(3.4e38)
  t.same(mixToMono([max, max]), max)
  t.same(mixToMono([max, max, max]), max)
})
