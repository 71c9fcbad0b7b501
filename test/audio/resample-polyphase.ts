import * as fc from 'fast-check'
import t from 'tap'
import { scriptKernel } from '../../lib/audio/resample-kernel.ts'
import { PolyphaseResampler } from '../../lib/audio/resample-polyphase.ts'
import { scaleFrames } from '../../lib/audio/resample.ts'
import {
  apart,
  cut,
  measureTone,
  noise,
  resampled,
  tone,
} from '../fixtures/tones.ts'

const make = (from: number, to: number) =>
  new PolyphaseResampler({ from, to, channels: 1 })

const same = (a: Float32Array, b: Float32Array): boolean =>
  Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(
    Buffer.from(b.buffer, b.byteOffset, b.byteLength),
  )

const rates = fc.constantFrom(
  [48_000, 16_000],
  [44_100, 16_000],
  [44_100, 24_000],
  [8_000, 16_000],
  [22_050, 24_000],
  [44_101, 16_000],
  [768_000, 1_000],
  [1_000, 96_000],
)

t.test('any chunking gives the same bits', async () => {
  fc.assert(
    fc.property(
      rates,
      fc.integer({ min: 0, max: 5_000 }),
      fc.integer({ min: 0, max: 1_000_000 }),
      fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }),
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
    { numRuns: 60 },
  )
})

t.test('previewing the end does not change the output', async () => {
  fc.assert(
    fc.property(
      rates,
      fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1 }),
      ([from, to], lengths) => {
        const [looked, plain] = [make(from, to), make(from, to)]
        for (const [i, length] of lengths.entries()) {
          const samples = noise(length, i)
          const [part] = looked.push([samples])
          if (!same(part!, plain.push([samples])[0]!)) return false
          const ended = make(from, to)
          for (const [k, part] of lengths.slice(0, i + 1).entries())
            ended.push([noise(part, k)])
          if (!same(looked.peek()[0]!, ended.end()[0]!)) return false
        }
        return same(looked.end()[0]!, plain.end()[0]!)
      },
    ),
    { numRuns: 40 },
  )
})

t.test('frame by frame, by primes, whole', async t => {
  for (const [from, to] of [
    [44_100, 16_000],
    [16_000, 24_000],
  ] as const) {
    const samples = noise(30_011)
    const whole = resampled(make(from, to), [samples])
    t.equal(whole.length, Math.round((30_011 * to) / from))
    for (const length of [1, 7, 997])
      t.same(resampled(make(from, to), cut(samples, [length])), whole)
  }
})

t.test('quality: a slice of test/long/decode/resampler.ts', async t => {
  for (const [from, to] of [
    [44_100, 16_000],
    [48_000, 24_000],
    [8_000, 16_000],
    [44_101, 16_000],
  ] as const) {
    const nyquist = Math.min(from, to) / 2
    for (const part of [0.01, 0.37, 0.75, 0.9]) {
      const { error, gain } = measureTone(make, from, to, part * nyquist)
      t.ok(error < -110, `${from} to ${to} at ${part}: ${error} dB`)
      t.ok(Math.abs(gain) < 0.1, `${from} to ${to} at ${part}: ${gain} dB`)
    }
    if (from < to) continue
    for (const part of [1.1, 1.3, (from / to) * 0.999]) {
      const { level } = measureTone(make, from, to, part * nyquist)
      t.ok(level < -100, `${from} to ${to}, alias at ${part}: ${level} dB`)
    }
  }
})

t.test(
  'the output keeps its place in the source, wherever a run begins',
  async t => {
    const resampler = make(44_100, 16_000)
    for (const offset of [0, 1, 2, 1_000, 44_100 * 3_600 + 5]) {
      const first = resampler.start(offset)
      const output = resampled(
        resampler,
        [tone(440, 44_100, 8_820, offset)],
        offset,
      )
      const ideal = tone(440, 16_000, output.length, first)
      t.ok(
        apart(output.subarray(100, -100), ideal.subarray(100, -100)) < 1e-5,
        `from frame ${offset} on`,
      )
    }
  },
)

t.test('a constant stays what it is', async t => {
  const output = resampled(make(44_100, 16_000), [
    new Float32Array(5_000).fill(0.5),
  ])
  t.ok(output.subarray(100, -100).every(x => Math.abs(x - 0.5) < 1e-6))
})

t.test('channels do not mix', async t => {
  const resampler = new PolyphaseResampler({
    from: 48_000,
    to: 16_000,
    channels: 3,
  })
  const input = [noise(9_000, 1), new Float32Array(9_000), noise(9_000, 2)]
  const start = resampler.push(input)
  const rest = resampler.end()
  for (const [channel, samples] of input.entries())
    t.same(
      [...start[channel]!, ...rest[channel]!],
      [...resampled(make(48_000, 16_000), [samples])],
    )
})

t.test('the JavaScript kernel streams alike', async t => {
  const slow = () =>
    new PolyphaseResampler(
      { from: 44_100, to: 16_000, channels: 1 },
      scriptKernel,
    )
  const samples = noise(10_000)
  const whole = resampled(slow(), [samples])
  t.same(resampled(slow(), cut(samples, [13, 509])), whole)
  t.ok(apart(resampled(make(44_100, 16_000), [samples]), whole) < 1e-6)
})
