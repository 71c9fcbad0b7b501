import t from 'tap'
import { powerOf } from '../../../benchmarks/accuracy/acoustics.ts'
import {
  mulawOf,
  mulawSample,
  telephone,
} from '../../../benchmarks/accuracy/degrade.ts'

t.test('each value of µ-law has its code', async t => {
  for (let code = 0; code < 256; code++) {
    const value = mulawSample(code)
    if (mulawSample(mulawOf(value)) !== value) t.fail(String(code))
  }
})

t.test('no sample is farther from its value than half a step', async t => {
  for (let sample = -32_635; sample <= 32_635; sample += 37) {
    const value = mulawSample(mulawOf(sample / 32_768)) * 32_768
    const segment = Math.floor(Math.log2(Math.abs(value) + 0x84)) - 7
    if (Math.abs(value - sample) > 2 ** (segment + 2)) t.fail(String(sample))
  }
  t.equal(mulawSample(mulawOf(2)), mulawSample(0x80))
  t.equal(mulawSample(mulawOf(-2)), mulawSample(0))
})

const tone = (hertz: number): Float32Array =>
  Float32Array.from(
    { length: 16_001 },
    (_, i) => 0.5 * Math.sin((2 * Math.PI * hertz * i) / 16_000),
  )

t.test('what is below 4 kHz stays, where it is', async t => {
  const before = tone(1_000)
  const after = await telephone(before)
  t.equal(after.length, before.length)
  const error = after.map((sample, i) => sample - before[i]!)
  const inside = error.subarray(800, -800)
  t.ok(powerOf(inside) < 0.001 * powerOf(before), 'but for what µ-law adds')
})

t.test('what is above is gone', async t => {
  const after = await telephone(tone(6_000))
  t.ok(powerOf(after.subarray(800, -800)) < 1e-4)
})
