import * as fc from 'fast-check'
import t from 'tap'
import { resample, WaveResampler } from '../../lib/audio/resample-wave.ts'
import { scaleFrames } from '../../lib/audio/resample.ts'
import {
  cut,
  decibels,
  measureTone,
  noise,
  resampled,
  tone,
} from '../fixtures/tones.ts'

const make = (from: number, to: number) =>
  new WaveResampler({ from, to, channels: 1 })

t.test('any chunking gives the same bits', async () => {
  fc.assert(
    fc.property(
      fc.constantFrom([48_000, 16_000], [22_050, 16_000], [8_000, 24_000]),
      fc.integer({ min: 0, max: 15_000 }),
      fc.integer({ min: 0, max: 100_000 }),
      fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1 }),
      ([from, to], frames, offset, lengths) => {
        const resampler = make(from, to)
        const samples = noise(frames, frames)
        const whole = resampled(resampler, [samples], offset)
        const first = scaleFrames(offset, from, to)
        const last = scaleFrames(offset + frames, from, to)
        const parts = resampled(resampler, cut(samples, lengths), offset)
        return (
          whole.length === last - first &&
          Buffer.from(whole.buffer).equals(Buffer.from(parts.buffer))
        )
      },
    ),
    { numRuns: 10 },
  )
})

t.test('blocks meet without a seam', async t => {
  for (const [from, to] of [
    [8_000, 16_000],
    [22_050, 16_000],
    [44_100, 24_000],
    [48_000, 16_000],
  ] as const) {
    // Against the package over the whole signal at once, without its warp.
    const frames = from + 1
    const outputs = to
    const nyquist = Math.min(from, to) / 2
    for (const frequency of [nyquist * 0.02, nyquist * 0.5, nyquist * 0.9]) {
      const samples = tone(frequency, from, frames)
      const output = resampled(make(from, to), [samples])
      const whole = resample(
        Float64Array.from(samples),
        from,
        (from * (outputs + 0.5)) / frames,
        { method: 'sinc' },
      )
      t.equal(whole.length, outputs)
      for (const edge of [0.2, 0.4, 0.6, 0.8]) {
        const at = Math.round(edge * to)
        let seam = 0
        for (let i = at - 40; i < at + 40; i++)
          seam = Math.max(seam, Math.abs(output[i]! - whole[i]!))
        t.ok(
          decibels(seam) < -60,
          `${from} to ${to}, ${frequency} Hz, ${edge} s: ${decibels(seam)} dB`,
        )
      }
    }
  }
})

t.test('time is not warped', async t => {
  for (const from of [8_000, 44_100, 48_000]) {
    const { error } = measureTone(make, from, 16_000, 400)
    t.ok(error < -70, `${from} Hz: ${error} dB`)
  }
})

t.test('does not change its input', async t => {
  const samples = noise(20_000)
  const copy = samples.slice()
  resampled(make(48_000, 16_000), [samples])
  t.same(samples, copy)
})
