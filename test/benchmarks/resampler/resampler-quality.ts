import t from 'tap'
import {
  qualityOf,
  tone,
} from '../../../benchmarks/resampler/resampler-quality.ts'

const sixteen = 16_000

t.test('a delay and a level are no error', async t => {
  const late = (samples: Float32Array) =>
    Float32Array.from(samples, (_, i) => (samples[i - 7] ?? 0) / 2)
  const { signalToError, ripple, aliases } = await qualityOf(
    late,
    sixteen,
    sixteen,
  )
  t.ok(signalToError > 120, `${signalToError} dB`)
  t.ok(Math.abs(ripple - 6.02) < 0.01, `${ripple} dB`)
  t.equal(aliases, undefined, 'nothing can fold')
})

t.test('noise counts by its level', async t => {
  const noisy = (samples: Float32Array) =>
    Float32Array.from(samples, (sample, i) => sample + (i % 2 ? 1e-3 : -1e-3))
  const { signalToError } = await qualityOf(noisy, sixteen, sixteen)
  t.ok(Math.abs(signalToError - 57) < 0.1, `${signalToError} dB`)
})

t.test('counts folded frequencies as aliases', async t => {
  const drop = (samples: Float32Array) =>
    Float32Array.from({ length: samples.length / 2 }, (_, i) => samples[2 * i]!)
  const { aliases } = await qualityOf(drop, 32_000, sixteen)
  t.ok(Math.abs(aliases!) < 3, `${aliases} dB`)
})

t.test('a tone is a sine at full scale', async t => {
  const samples = tone(1_000, sixteen, sixteen)
  t.equal(samples.length, sixteen)
  t.ok(Math.max(...samples) > 0.99)
  t.equal(samples[0], Math.fround(Math.sin(0.3)))
})
