import * as fc from 'fast-check'
import t from 'tap'
import { joinSamples } from '../../lib/audio/resample-wave.ts'
import { endOf, type AudioChunk } from '../../lib/core/audio-chunk.ts'
import {
  FrameCutter,
  lastChunks,
  type LastChunk,
} from '../../lib/audio/frame-cutter.ts'
import { chunked, cut, noise } from '../fixtures/tones.ts'

const run = (
  chunks: readonly AudioChunk[],
  ms = 50,
  last: LastChunk = 'short',
): AudioChunk[] => {
  const cutter = new FrameCutter({ ms, last })
  return [...chunks.flatMap(c => [...cutter.push(c)]), ...cutter.end()]
}

/** Chunks as [offset, frames]. */
const places = (chunks: readonly AudioChunk[]) =>
  chunks.map(chunk => [chunk.offset, endOf(chunk) - chunk.offset])

t.test('the chunks do not depend on how the input is divided', async () => {
  fc.assert(
    fc.property(
      fc.constantFrom(8_000, 11_025, 16_000, 22_050, 44_100),
      fc.constantFrom(1, 12.5, 20, 50, 333),
      fc.constantFrom(...lastChunks),
      fc.integer({ min: 0, max: 20_000 }),
      fc.integer({ min: 0, max: 2_000 }),
      fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1 }),
      (rate, ms, last, frames, gap, lengths) => {
        const [a, b] = [noise(frames, 1), noise(1_000, 2)]
        const [whole, parts] = [[frames + 1], lengths].map(lengths =>
          run(
            [
              ...chunked(cut(a, lengths), rate, 100),
              ...chunked(cut(b, lengths), rate, 100 + frames + gap),
            ],
            ms,
            last,
          ),
        )
        return JSON.stringify(whole) === JSON.stringify(parts)
      },
    ),
    { numRuns: 40 },
  )
})

t.test('chunks are round(k · ms · rate / 1000) and never drift', async t => {
  const chunks = run(chunked([noise(11_025 * 2)], 11_025))
  t.equal(chunks.length, 40)
  for (const [k, { offset }] of chunks.entries())
    t.equal(offset, Math.round(k * 0.05 * 11_025))
  t.same(joinSamples(chunks.map(c => c.channels[0]!)), noise(11_025 * 2))
})

t.test('the last chunk is short, padded or dropped', async t => {
  const input = chunked([noise(1_000)], 16_000)
  t.same(places(run(input, 50, 'short')), [
    [0, 800],
    [800, 200],
  ])
  t.same(places(run(input, 50, 'drop')), [[0, 800]])
  const padded = run(input, 50, 'pad')
  t.same(places(padded), [
    [0, 800],
    [800, 800],
  ])
  t.same(padded[1]!.channels[0]!.slice(0, 200), noise(1_000).slice(800))
  t.ok(padded[1]!.channels[0]!.slice(200).every(sample => sample === 0))
  t.same(run([]), [])
  t.same(places(run(chunked([noise(800)], 16_000), 50, 'pad')), [[0, 800]])
})

t.test('a gap ends a run and stays in the output', async t => {
  const input = [
    ...chunked([noise(1_000)], 16_000, 50),
    ...chunked([noise(900)], 16_000, 5_000),
  ]
  t.same(places(run(input)), [
    [50, 800],
    [850, 200],
    [5_000, 800],
    [5_800, 100],
  ])
  t.same(places(run(input, 50, 'drop')), [
    [50, 800],
    [5_000, 800],
  ])
  t.same(places(run(input, 50, 'pad')), [
    [50, 800],
    [850, 800],
    [5_000, 800],
    [5_800, 800],
  ])
})

t.test('pad fills a gap within a chunk with silence', async t => {
  const chunks = run(
    [
      ...chunked([noise(900, 1)], 16_000),
      ...chunked([noise(700, 2)], 16_000, 1_000),
    ],
    50,
    'pad',
  )
  t.same(places(chunks), [
    [0, 800],
    [800, 800],
    [1_600, 800],
  ])
  t.same(
    joinSamples(chunks.map(c => c.channels[0]!)),
    joinSamples([
      noise(900, 1),
      new Float32Array(100),
      noise(700, 2),
      new Float32Array(700),
    ]),
  )
})

t.test('a change of rate or channels ends a run without padding', async t => {
  const stereo = [noise(500, 1), noise(500, 2)]
  const chunks = run(
    [
      ...chunked([noise(100)], 16_000),
      { sampleRate: 16_000, channels: stereo, offset: 100 },
      ...chunked([noise(500)], 8_000, 300),
    ],
    50,
    'pad',
  )
  t.same(places(chunks), [
    [0, 100],
    [100, 500],
    [300, 400],
    [700, 400],
  ])
  t.same(chunks[1]!.channels, stereo)
})

t.test('chunks do not share memory', async t => {
  const samples = noise(1_600)
  for (const { channels } of run(chunked([samples], 16_000))) {
    t.not(channels[0]!.buffer, samples.buffer)
    t.equal(channels[0]!.buffer.byteLength, 3_200)
  }
})

t.test('refuses audio that cannot be cut', async t => {
  t.throws(() => run(chunked([noise(10)], 100), 1), {
    code: 'VOX_FORMAT',
    message: /less than one frame/,
  })
  const [first, second] = chunked([noise(10), noise(10)], 8_000)
  t.throws(() => run([second!, first!]), { code: 'VOX_FORMAT' })
  t.same(run(chunked([new Float32Array(0)], 100), 1), [])
})
