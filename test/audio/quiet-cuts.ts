import fc from 'fast-check'
import t from 'tap'
import { joinSamples } from '../../lib/audio/resample-wave.ts'
import {
  FrameLevels,
  LEVEL_FRAME_MS,
  quietCut,
} from '../../lib/audio/quiet-cuts.ts'
import { samplesOf, ownClips } from '../fixtures/speech-clips.ts'
import { cut, noise, tone } from '../fixtures/tones.ts'

const RATE = 16_000

const levelsOf = (samples: Float32Array): readonly number[] => {
  const levels = new FrameLevels(RATE)
  levels.push(samples)
  return levels.levels
}

const scaled = (samples: Float32Array, by: number): Float32Array =>
  samples.map(sample => sample * by)

/** Frames of a loud and of a quiet kind, by their lengths in turn. */
const bursts = (lengths: readonly number[]): number[] =>
  lengths.flatMap((length, i) =>
    Array<number>(length).fill(i % 2 === 0 ? -20 : -80),
  )

t.test('the levels do not depend on the chunking', async t => {
  const samples = noise(5_000)
  const whole = levelsOf(samples)
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }),
      lengths => {
        const levels = new FrameLevels(RATE)
        for (const part of cut(samples, lengths)) levels.push(part)
        t.same(levels.levels, whole)
      },
    ),
    { numRuns: 20 },
  )
})

t.test('a level is that of the wave', async t => {
  const [level] = levelsOf(tone(1_000, RATE, 160))
  t.ok(Math.abs(level! + 3.01) < 0.05, 'a sine of full scale')
  t.equal(levelsOf(new Float32Array(160))[0], -90)
})

t.test('only samples near zero count as silent', async t => {
  const silent = (samples: Float32Array): boolean => {
    const levels = new FrameLevels(RATE)
    levels.push(samples)
    return levels.isSilent()
  }
  t.ok(silent(new Float32Array(0)))
  t.ok(silent(new Float32Array(1_000)))
  t.ok(silent(scaled(noise(1_000), 1 / 32_768)))
  t.notOk(silent(scaled(noise(1_000), 0.01)))
  const late = new Float32Array(1_610)
  late[1_605] = 0.5
  t.notOk(silent(late))
  const levels = new FrameLevels(RATE)
  levels.push(joinSamples([new Float32Array(800), noise(800)]))
  t.ok(levels.isSilent(5))
  t.notOk(levels.isSilent(6))
})

t.test('the longest pause is cut in its middle', async t => {
  const levels = bursts([30, 20, 30, 40, 30, 20, 30])
  t.equal(quietCut(levels, 0, levels.length), 100)
  t.equal(quietCut(levels, 120, levels.length), 160, 'of those allowed')
  const equal = bursts([30, 20, 30, 20, 30])
  t.equal(quietCut(equal, 0, equal.length), 90, 'the last of equal ones')
})

t.test('without a pause, the quietest place is cut', async t => {
  const levels = Array.from({ length: 200 }, (_, i): number =>
    i % 2 ? -20 : -21,
  )
  for (let i = 100; i < 112; i++) levels[i] = -25
  const at = quietCut(levels, 0, levels.length)
  t.ok(at >= 98 && at <= 113, `${at}`)
  t.equal(quietCut([-20], 0, 1), 1)
  t.equal(quietCut([], 0, 0), 0)
})

t.test('a cut lies within its window', async t => {
  const level = fc.integer({ min: -90, max: 0 })
  fc.assert(
    fc.property(
      fc.array(level, { minLength: 2, maxLength: 60 }),
      fc.nat(),
      fc.nat(),
      (levels, a, b) => {
        const from = a % levels.length
        const to = from + 1 + (b % (levels.length - from))
        const at = quietCut(levels, from, to)
        t.ok(at >= from && at <= to)
      },
    ),
    { numRuns: 100 },
  )
})

/** Seconds in which a word is heard; the alignment of one has a pause in it. */
const isWord = ({ start, end }: { start: number; end: number }): boolean =>
  end - start < 1

for (const [name, snr] of [
  ['clean', 0],
  ['in noise 20 dB below it', 20],
] as const)
  t.test(
    `speech, ${name}, is cut in no word where there is a pause`,
    async t => {
      let windows = 0
      for (const { id, path, words } of await ownClips()) {
        const speech = await samplesOf(path)
        const power = speech.reduce((sum, s) => sum + s * s, 0) / speech.length
        const amplitude = snr ? Math.sqrt((3 * power) / 10 ** (snr / 10)) : 0
        const hiss = noise(speech.length)
        const levels = levelsOf(
          speech.map((sample, i) => sample + amplitude * hiss[i]!),
        )
        const spoken = words.filter(isWord)
        const pauses = spoken.slice(1).map((word, i) => ({
          start: spoken[i]!.end,
          end: word.start,
        }))
        for (let from = 30; from + 200 <= levels.length; from += 50) {
          const [start, end] = [from / 100, from / 100 + 2]
          const pause = pauses.some(
            pause =>
              Math.min(end, pause.end) - Math.max(start, pause.start) >= 0.2,
          )
          if (!pause) continue
          windows++
          const at =
            (quietCut(levels, from, from + 200) * LEVEL_FRAME_MS) / 1_000
          const hit = spoken.find(
            ({ start, end }) => at > start + 0.03 && at < end - 0.03,
          )
          if (hit) t.fail(`${id} is cut at ${at} s: ${JSON.stringify(hit)}`)
        }
      }
      t.ok(windows >= 10, `${windows} windows with a pause`)
    },
  )
