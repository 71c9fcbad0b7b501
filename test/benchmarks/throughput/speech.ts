import { Readable, pipeline } from 'node:stream'
import t from 'tap'
import { wavOf } from '../../../benchmarks/samples.ts'
import {
  longSpeech,
  encoded,
  ownFlacs,
  wideWavOf,
} from '../../../benchmarks/throughput/speech.ts'
import { chunksOf } from '../../../lib/core/stage.ts'
import { findFfmpeg } from '../../../lib/io/ffmpeg.ts'
import { Decoder } from '../../../lib/decode/decoder.ts'

t.test('clips come again and again, each with a pause', async t => {
  const a = { samples: new Float32Array(16_000).fill(1), text: 'a' }
  const b = { samples: new Float32Array(8_000).fill(2), text: 'b' }
  const { samples, text } = longSpeech([a, b], 4)
  t.equal(text, 'a b a')
  t.equal(samples.length, 16_000 + 8_000 + 16_000 + 3 * 12_800)
  t.equal(samples[15_999], 1)
  t.equal(samples[16_000], 0)
  t.equal(samples[28_800], 2)
})

const second = Float32Array.from(
  { length: 16_000 },
  (_, i) => Math.round(8_000 * Math.sin(i / 20)) / 32_768,
)

const decoded = async (bytes: Uint8Array) => {
  const decoder = new Decoder()
  pipeline(Readable.from([bytes]), decoder, () => {})
  const channels: number[][] = []
  let sampleRate = 0
  for await (const chunk of chunksOf(decoder)) {
    sampleRate = chunk.sampleRate
    for (const [i, samples] of chunk.channels.entries())
      (channels[i] ??= []).push(...samples)
  }
  return { sampleRate, channels }
}

t.test('a WAV file has the samples', async t => {
  const { sampleRate, channels } = await decoded(wavOf(second))
  t.equal(sampleRate, 16_000)
  t.same(channels, [[...second]])
})

t.test('a wide one has each three times, twice', async t => {
  const { sampleRate, channels } = await decoded(wideWavOf(second))
  t.equal(sampleRate, 48_000)
  const wide = [...second].flatMap(sample => [sample, sample, sample])
  t.same(channels, [wide, wide])
})

t.test('the clips of the package are FLAC', async t => {
  const files = await ownFlacs()
  t.equal(files.length, 6)
  for (const file of files)
    t.equal(Buffer.from(file.subarray(0, 4)).toString(), 'fLaC')
})

const skip = findFfmpeg() ? false : 'ffmpeg is not installed'

t.test('ffmpeg makes the others', { skip }, async t => {
  for (const codec of ['mp3', 'opus']) {
    const { sampleRate, channels } = await decoded(await encoded(second, codec))
    const seconds = channels[0]!.length / sampleRate
    t.ok(Math.abs(seconds - 1) < 0.1, `${codec}: ${seconds} s`)
  }
})

t.test('says how to install ffmpeg if it is missing', async t => {
  const before = process.env['VOXPIPE_FFMPEG']
  t.teardown(() => {
    if (before === undefined) delete process.env['VOXPIPE_FFMPEG']
    else process.env['VOXPIPE_FFMPEG'] = before
  })
  process.env['VOXPIPE_FFMPEG'] = '/no/ffmpeg'
  await t.rejects(encoded(second, 'mp3'), {
    code: 'VOX_FFMPEG_MISSING',
    message: /no ffmpeg to make mp3 with: install it/,
  })
})
