import fc from 'fast-check'
import t from 'tap'
import { endOf, framesOf } from '../../lib/core/audio-chunk.ts'
import {
  countNumbers,
  recognizeNumbers,
  numberedAudio,
  numberedTurns,
} from '../../lib/testing/index.ts'
import { readNumbers } from '../../lib/testing/number-code.ts'
import { numberedFloats, numberedSamples } from '../fixtures/numbered.ts'

const words = (first: number, count: number): string =>
  Array.from({ length: count }, (_, i) => `w${first + i}`).join(' ')

t.test('what is said is heard', async t => {
  t.equal(recognizeNumbers(numberedSamples({ frames: 12 })), words(0, 12))
  t.equal(recognizeNumbers(numberedSamples({ frames: 0 })), '')
  t.equal(
    recognizeNumbers(
      numberedSamples({ frames: 12, first: 4_090, pauseFrames: 0 }),
    ),
    words(4_090, 12),
  )
  const first = 2 ** 24 - 3
  t.equal(
    recognizeNumbers(numberedSamples({ frames: 3, first })),
    words(first, 3),
  )
})

t.test('at any rate and length of frames, by either scale of s16', async () => {
  const options = fc.record({
    frames: fc.integer({ min: 0, max: 12 }),
    first: fc.integer({ min: 0, max: 2_000_000 }),
    turnFrames: fc.integer({ min: 1, max: 5 }),
    pauseFrames: fc.integer({ min: 0, max: 3 }),
    sampleRate: fc.constantFrom(1_000, 8_000, 16_000, 24_000, 48_000),
    frameMs: fc.constantFrom(8, 20, 100, 340),
    chunkMs: fc.constantFrom(1, 7, 50, 1_000),
  })
  fc.assert(
    fc.property(options, fc.constantFrom(32_767, 32_768), (options, scale) => {
      const floats = numberedFloats(options)
      const samples = Int16Array.from(floats, x => Math.round(x * scale))
      const { frames, first, turnFrames, pauseFrames } = options
      const pauses = Math.max(0, Math.ceil(frames / turnFrames) - 1)
      const frame = (options.sampleRate * options.frameMs) / 1_000
      return (
        samples.length === (frames + pauses * pauseFrames) * frame &&
        recognizeNumbers(samples) === words(first, frames)
      )
    }),
    { numRuns: 60 },
  )
})

t.test('comes in chunks that follow each other, as they are read', async t => {
  let offset = 0
  for (const chunk of numberedAudio({ frames: 8, chunkMs: 70 })) {
    t.match(chunk, { sampleRate: 24_000, offset })
    offset = endOf(chunk)
    t.equal(framesOf(chunk), Math.min(1_680, 24_000 - chunk.offset))
  }
  t.equal(offset, 24_000)
  const endless = numberedAudio({ frames: 10_000_000 })
  const [first] = endless
  t.equal(first?.offset, 0, 'no more is made than is read')
  t.equal([...numberedAudio({ frames: 3 })].length, 6)
})

t.test('every cut inside a frame shows', async t => {
  const samples = numberedSamples({ frames: 4, pauseFrames: 0, frameMs: 10 })
  for (let cut = 0; cut <= samples.length; cut++) {
    const [before, after] = [samples.slice(0, cut), samples.slice(cut)]
    const frame = Math.floor(cut / 240)
    const inside = cut % 240
    const left = words(0, frame)
    const right = words(frame + 1, 3 - frame)
    if (inside === 0) {
      t.equal(recognizeNumbers(before), left)
      t.equal(recognizeNumbers(after), words(frame, 4 - frame))
      continue
    }
    const part = inside < 7 ? /^(~\d+|\?)$/ : /^~\d+$/
    t.match(recognizeNumbers(before).slice(left.length).trim(), part)
    const rest = recognizeNumbers(after)
    t.ok(rest.endsWith(right))
    const head = rest.slice(0, rest.length - right.length).trim()
    t.match(head, 240 - inside < 7 ? /^(~\d+|\?)$/ : `~${frame}`)
  }
})

t.test('samples missing inside a frame, and audio of others', async t => {
  const samples = numberedSamples({ frames: 2, frameMs: 10, pauseFrames: 0 })
  const without = (from: number, to: number) =>
    Int16Array.from([...samples.slice(0, from), ...samples.slice(to)])
  t.equal(recognizeNumbers(without(100, 140)), '~0 ~0 w1')
  t.equal(recognizeNumbers(without(100, 240)), '~0 w1')
  t.equal(recognizeNumbers(without(200, 300)), '~0 ~1')
  t.equal(recognizeNumbers(Int16Array.of(0, 0, 5, 6, 7, 0, 9)), '? ?')
  t.equal(
    recognizeNumbers(Int16Array.from({ length: 999 }, (_, i) => i % 7)).slice(
      0,
      3,
    ),
    '? ?',
  )
  const tone = Int16Array.from({ length: 4_800 }, (_, i) =>
    Math.round(12_000 * Math.sin(i / 7)),
  )
  t.match(recognizeNumbers(tone), /^\?( \?)*$/)
  const joined = Int16Array.from([...tone.slice(1, 50), ...samples])
  t.equal(recognizeNumbers(joined), '? w0 w1')
  t.same(
    [...readNumbers(samples)].map(({ start, end }) => [start, end]),
    [
      [0, 240],
      [240, 480],
    ],
  )
})

t.test('options that cannot be', async t => {
  const wrong = [
    { frames: -1 },
    { frames: 2 ** 24 + 1 },
    { frames: 2, first: 2 ** 24 - 1 },
    { frames: 1, turnFrames: 0 },
    { frames: 1, pauseFrames: -1 },
    { frames: 1, sampleRate: 11_025, frameMs: 10 },
    { frames: 1, frameMs: 1_000 },
    { frames: 1, chunkMs: 0 },
  ]
  for (const options of wrong)
    t.throws(() => numberedAudio(options), { code: 'VOX_OPTION' })
  t.throws(() => numberedTurns({ maxTurnFrames: 0 }), { code: 'VOX_OPTION' })
  t.throws(() => numberedTurns({ frameMs: 0.1 })(24_000), {
    code: 'VOX_OPTION',
  })
})

t.test('the turns of numbered audio', async t => {
  const samples = numberedFloats({ frames: 12 })
  const detector = numberedTurns()(24_000)
  t.same(detector.push(samples.subarray(0, 12_000)), [
    { type: 'open', from: 0, start: 0 },
  ])
  t.equal(detector.settled, 12_000)
  t.same(detector.push(samples.subarray(12_000, 14_399)), [])
  t.equal(detector.settled, 12_000, 'the turn may have ended here')
  t.same(detector.push(samples.subarray(14_399, 14_400)), [
    { type: 'close', end: 12_000, to: 12_000 },
  ])
  t.equal(detector.settled, 14_400)
  t.same(detector.push(samples.subarray(14_400)), [
    { type: 'open', from: 16_800, start: 16_800 },
    { type: 'close', end: 28_800, to: 28_800 },
    { type: 'open', from: 33_600, start: 33_600 },
  ])
  t.equal(detector.settled, samples.length)
  t.same(detector.end(), [{ type: 'close', end: 38_400, to: 38_400 }])
  t.same(detector.end(), [])
})

t.test('turns without pauses', async t => {
  const samples = numberedFloats({ frames: 11, pauseFrames: 0 })
  const detector = numberedTurns({ pauseFrames: 0 })(24_000)
  t.same(await detector.push(samples), [
    { type: 'open', from: 0, start: 0 },
    { type: 'close', end: 12_000, to: 12_000 },
    { type: 'open', from: 12_000, start: 12_000 },
    { type: 'close', end: 24_000, to: 24_000 },
    { type: 'open', from: 24_000, start: 24_000 },
  ])
  t.same(detector.end(), [{ type: 'close', end: 26_400, to: 26_400 }])
})

t.test('turns do not depend on how the audio is cut', async t => {
  const marks = (
    samples: Float32Array,
    sizes: number[],
    pauseFrames: number,
  ) => {
    const detector = numberedTurns({ pauseFrames, frameMs: 10 })(8_000)
    const found = []
    let settled = 0
    for (let at = 0, i = 0; at < samples.length; i++) {
      const size = sizes[i % sizes.length]!
      const news = detector.push(samples.subarray(at, at + size)) as object[]
      for (const mark of news as { from?: number; to?: number }[])
        if ((mark.from ?? mark.to!) < settled) throw new Error('was settled')
      found.push(...news)
      settled = detector.settled
      at += size
    }
    return [...found, ...(detector.end() as object[])]
  }
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 23 }),
      fc.integer({ min: 0, max: 2 }),
      fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }),
      (frames, pauseFrames, sizes) => {
        const samples = numberedFloats({
          frames,
          pauseFrames,
          frameMs: 10,
          sampleRate: 8_000,
        })
        t.same(
          marks(samples, sizes, pauseFrames),
          marks(samples, [samples.length + 1], pauseFrames),
        )
      },
    ),
    { numRuns: 60 },
  )
})

t.test('the count', async t => {
  const perfect = { lost: [], doubled: [], outOfOrder: [], broken: [] }
  t.same(countNumbers(['w0 w1', '', 'w2'], 3), perfect)
  t.same(countNumbers([], 0), perfect)
  t.same(countNumbers(['w7 w8'], 2, 7), perfect)
  t.same(countNumbers(['w0 w2', 'w2 w1 w2', '~4 ? w9 w05 hello'], 6), {
    lost: [3, 4],
    doubled: [2, 2],
    outOfOrder: [1],
    broken: ['~4', '?', 'w9', 'hello'],
  })
})
