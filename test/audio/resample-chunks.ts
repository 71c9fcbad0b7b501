import t from 'tap'
import {
  ChunkResampler,
  type ChunkResamplerOptions,
  createResampler,
} from '../../lib/audio/resample-chunks.ts'
import { joinSamples } from '../../lib/audio/resample-wave.ts'
import type { AudioChunk } from '../../lib/core/audio-chunk.ts'
import { apart, chunked, noise, tone } from '../fixtures/tones.ts'

const run = (
  chunks: readonly AudioChunk[],
  options: Partial<ChunkResamplerOptions> = {},
): AudioChunk[] => {
  const resampler = new ChunkResampler({
    sampleRate: 16_000,
    channels: 'mono',
    engine: 'polyphase',
    ...options,
  })
  return [
    ...chunks.flatMap(chunk => [...resampler.push(chunk)]),
    ...resampler.end(),
  ]
}

/** Runs of contiguous audio, as [offset, frames]. */
const runsOf = (chunks: readonly AudioChunk[]): [number, number][] => {
  const runs: [number, number][] = []
  for (const { offset, channels } of chunks) {
    const last = runs.at(-1)
    if (last && last[0] + last[1] === offset) last[1] += channels[0]!.length
    else runs.push([offset, channels[0]!.length])
  }
  return runs
}

const samplesOf = (chunks: readonly AudioChunk[], channel = 0): Float32Array =>
  joinSamples(chunks.map(({ channels }) => channels[channel]!))

for (const engine of ['polyphase', 'wave-resampler'] as const) {
  t.test(`${engine}: a jump forward ends a run and is kept`, async t => {
    const [a, b] = [noise(10_000, 1), noise(7_000, 2)]
    const output = run(
      [...chunked([a], 44_100, 5), ...chunked([b], 44_100, 50_000)],
      { engine },
    )
    t.same(runsOf(output), [
      [2, 3_628],
      [18_141, 2_539],
    ])
    const alone = run(chunked([b], 44_100, 50_000), { engine })
    t.same(samplesOf(output).slice(3_628), samplesOf(alone))
  })

  t.test(`${engine}: a change of rate ends a run`, async t => {
    const output = run(
      [
        ...chunked([tone(440, 44_100, 22_050)], 44_100),
        ...chunked([tone(440, 48_000, 24_000, 24_000)], 48_000, 24_000),
        ...chunked([tone(440, 16_000, 8_000, 16_000)], 16_000, 16_000),
      ],
      { engine },
    )
    t.same(runsOf(output), [[0, 24_000]])
    const samples = samplesOf(output)
    const ideal = tone(440, 16_000, 24_000)
    for (const at of [200, 8_200, 16_200])
      t.ok(
        apart(
          samples.subarray(at, at + 7_600),
          ideal.subarray(at, at + 7_600),
        ) < 1e-3,
        `the tone goes on in its place from ${at} on`,
      )
  })
}

t.test(
  'a change of rate may round to one frame of overlap, not more',
  async t => {
    const first = chunked([noise(441)], 22_050)
    const second = chunked([noise(441)], 44_100, 881)
    t.same(runsOf(run([...first, ...second])), [[0, 480]])
    t.throws(() => run([...first, ...chunked([noise(441)], 44_100, 400)]), {
      code: 'VOX_FORMAT',
    })
  },
)

t.test(
  'the channel count may change at any time when mixing to mono',
  async t => {
    const samples = noise(9_000)
    const whole = run(chunked([samples], 48_000))
    const mixed = run([
      { sampleRate: 48_000, channels: [samples.slice(0, 4_001)], offset: 0 },
      {
        sampleRate: 48_000,
        channels: [samples.slice(4_001), samples.slice(4_001)],
        offset: 4_001,
      },
    ])
    t.same(samplesOf(mixed), samplesOf(whole))
  },
)

t.test(
  'a change of the channel count ends a run when channels are kept',
  async t => {
    const [a, b, c] = [noise(4_800, 1), noise(4_800, 2), noise(4_800, 3)]
    const output = run(
      [
        { sampleRate: 48_000, channels: [a, b], offset: 0 },
        { sampleRate: 48_000, channels: [c], offset: 4_800 },
      ],
      { channels: 'keep' },
    )
    t.same(runsOf(output), [[0, 3_200]])
    const stereo = output.filter(({ channels }) => channels.length === 2)
    t.equal(samplesOf(stereo).length, 1_600)
    const alone = run(chunked([b], 48_000), { channels: 'keep' })
    t.same(samplesOf(stereo, 1), samplesOf(alone))
  },
)

t.test('chunks of the right rate pass through as they are', async t => {
  const chunks = chunked([noise(100), noise(50_000)], 16_000, 7)
  const output = run(chunks)
  t.equal(output.length, 2)
  for (const [index, chunk] of chunks.entries()) t.equal(output[index], chunk)
  const stereo = { ...chunks[0]!, channels: [noise(100), noise(100)] }
  t.equal(run([stereo], { channels: 'keep' })[0], stereo)
  t.match(run([stereo]), [
    { sampleRate: 16_000, channels: [stereo.channels[0]] },
  ])
})

t.test('a sample that is not finite affects no other sample', async t => {
  const good = noise(9_000)
  good[4_000] = 0
  const bad = good.slice()
  bad[4_000] = NaN
  t.same(
    samplesOf(run(chunked([bad], 48_000))),
    samplesOf(run(chunked([good], 48_000))),
  )
  t.same(run(chunked([bad], 16_000))[0]!.channels, [good])
})

t.test('pieces stay small however long a chunk is', async t => {
  for (const [from, to] of [
    [48_000, 16_000],
    [8_000, 96_000],
  ] as const) {
    const output = run(chunked([noise(100_000)], from), { sampleRate: to })
    t.ok(output.length > 5)
    for (const { channels } of output)
      if (channels[0]!.length > 16_384) t.fail(`${channels[0]!.length} frames`)
    t.equal(samplesOf(output).length, Math.round((100_000 * to) / from))
  }
})

t.test('no frames in, none out', async t => {
  t.same(run([]), [])
  t.same(run(chunked([new Float32Array(0)], 48_000)), [])
  t.same(run(chunked([noise(1)], 48_000)), [])
  t.equal(samplesOf(run(chunked([noise(2)], 48_000))).length, 1)
})

t.test('refuses unsupported rates', async t => {
  for (const rate of [999, 44_100.5, 768_001])
    t.throws(() => run(chunked([noise(10)], rate)), {
      code: 'VOX_FORMAT',
      message: new RegExp(`audio of ${rate} Hz`),
    })
})

const second = Float32Array.from({ length: 8_000 }, (_, i) => Math.sin(i / 9))

t.test('each engine returns a second of audio per second', async t => {
  for (const engine of [undefined, 'polyphase-js', 'wave-resampler'] as const) {
    const resampler = createResampler({
      from: 8_000,
      to: 16_000,
      ...(engine && { engine }),
    })
    resampler.start(0)
    const parts = [...resampler.push([second]), ...resampler.end()]
    const frames = parts.reduce((sum, part) => sum + part.length, 0)
    t.equal(frames, 16_000, engine ?? 'the default')
  }
})

t.test('refuses unsupported input', async t => {
  const usual = { from: 8_000, to: 16_000 }
  for (const wrong of [
    { from: 0 },
    { to: 16_000.5 },
    { channels: 0 },
    { engine: 'soxr' as 'polyphase' },
  ])
    t.throws(() => createResampler({ ...usual, ...wrong }), {
      code: 'VOX_OPTION',
    })
})
