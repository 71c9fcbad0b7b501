import t from 'tap'
import {
  degradations,
  type Degradation,
} from '../../../benchmarks/accuracy/accuracy-data.ts'
import {
  powerOf,
  withinScale,
  convolved,
  withReverb,
  withNoise,
} from '../../../benchmarks/accuracy/acoustics.ts'
import {
  mulawOf,
  mulawSample,
  telephone,
  degrade,
  degradationNotes,
  whyNoMp3,
} from '../../../benchmarks/accuracy/degrade.ts'
import { seededRandom } from '../../../benchmarks/statistics.ts'
import { ownClips, samplesOf } from '../../fixtures/speech-clips.ts'

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

const { signal } = new AbortController()
const clips = await ownClips()
const { path } = clips.find(({ id }) => id === 'austen-0880')!
const speech = await samplesOf(path)
const noMp3 = await whyNoMp3()
const ways = degradations.filter(way => !noMp3 || !way.startsWith('mp3'))

const decibels = (ratio: number): number => 10 * Math.log10(ratio)
const difference = (a: Float32Array, b: Float32Array): Float32Array =>
  a.map((sample, i) => sample - b[i]!)

t.test('each way gives the same each time, with nothing clipped', async t => {
  for (const way of ways) {
    const [once, twice] = [
      await degrade(speech, way, signal),
      await degrade(speech, way, signal),
    ]
    t.ok(Buffer.from(once.buffer).equals(Buffer.from(twice.buffer)), way)
    t.ok(Math.abs(once.length - speech.length) < 3_000, 'as long')
    t.ok(degradationNotes[way])
    const loud = speech.map(sample => 3 * sample)
    const copy = await degrade(withinScale(loud), way, signal)
    t.ok(copy.every(sample => Math.abs(sample) <= 32_767 / 32_768))
  }
})

t.test('what is left of clean speech is the speech', async t => {
  const clean = await degrade(speech, 'clean', signal)
  t.ok(clean.every((sample, i) => sample === speech[i]))
  for (const way of ['telephone', 'noise 10 dB'] as const) {
    const copy = await degrade(speech, way, signal)
    const error = powerOf(difference(copy, speech))
    t.ok(decibels(powerOf(speech) / error) > 8, way)
  }
})

t.test('silence and a single sample are no trouble', async t => {
  const quick = ways.filter(
    (way): way is Degradation => way !== 'mp3 32 kbit/s',
  )
  for (const way of quick)
    for (const length of [1, 2, 700]) {
      const copy = await degrade(new Float32Array(length), way, signal)
      t.same(copy, new Float32Array(length), `${way}, ${length}`)
    }
})

t.test(
  'noise is as strong as it should be, and shaped like speech',
  async t => {
    for (const snr of [10, 0, -5]) {
      const noise = difference(withNoise(speech, snr), speech)
      const measured = decibels(powerOf(speech) / powerOf(noise))
      t.ok(Math.abs(measured - snr) < 0.01, `${measured} dB`)
    }
    const noise = difference(withNoise(speech, 0), speech)
    // A difference of neighbours passes high tones: white noise doubles by it.
    const tilt = (samples: Float32Array): number =>
      powerOf(difference(samples.subarray(1), samples)) / powerOf(samples)
    t.ok(Math.abs(decibels(tilt(noise) / tilt(speech))) < 1)
  },
)

t.test('speech longer than a minute is in noise all along', async t => {
  const random = seededRandom(3)
  const long = Float32Array.from({ length: 2 ** 20 + 5_000 }, random)
  const noise = difference(withNoise(long, 0), long)
  t.ok(powerOf(noise.subarray(-5_000)) > 0.5 * powerOf(noise))
})

t.test('convolution is the sum that defines it, over many blocks', async t => {
  const random = seededRandom(2)
  const samples = Float32Array.from({ length: 70_000 }, () => random() - 0.5)
  const response = Float64Array.from({ length: 50 }, () => random() - 0.5)
  const out = convolved(samples, response)
  for (let n = 0; n < samples.length; n += 97) {
    let sum = 0
    for (let k = 0; k <= Math.min(n, 49); k++)
      sum += samples[n - k]! * response[k]!
    if (Math.abs(out[n]! - sum) > 1e-5) t.fail(`sample ${n}`)
  }
})

t.test('a click dies away by 60 dB in half a second', async t => {
  const click = new Float32Array(10_000)
  click[0] = 0.5
  const heard = withReverb(click)
  t.equal(heard[0]! > 0.3, true, 'is heard itself')
  const early = powerOf(heard.subarray(1, 801))
  const late = powerOf(heard.subarray(4_001, 4_801))
  t.ok(Math.abs(decibels(early / late) - 30) < 2, 'by half in half of it')
  t.ok(heard.subarray(8_000).every(sample => Math.abs(sample) < 1e-6))
  const tail = powerOf(heard.subarray(1, 8_000)) * 7_999
  t.ok(Math.abs(decibels(tail / heard[0]! ** 2)) < 0.1, 'as strong as the rest')
  t.ok(Math.abs(decibels(powerOf(withReverb(speech)) / powerOf(speech))) < 0.01)
})

t.test('without ffmpeg, or without its encoder, there is no MP3', async t => {
  t.match(await whyNoMp3(process.execPath), /no MP3 encoder/)
})
