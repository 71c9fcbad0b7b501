import * as fc from 'fast-check'
import t from 'tap'
import { OptionError } from '../../lib/core/errors.ts'
import { PCM_ENCODINGS } from '../../lib/audio/pcm.ts'
import { Decoder, type DecoderOptions } from '../../lib/decode/decoder.ts'
import {
  alike,
  atRate,
  clip,
  codesOf,
  decode,
  jfk,
  jfkWav,
  pcm,
  riffChunk,
  wav,
  sameSamples,
} from '../fixtures/audio.ts'

const speech = jfk()
const NOWHERE = { ffmpeg: '/nowhere/ffmpeg' }

t.test('jfk.wav comes out sample by sample', async t => {
  const { channels, chunks, format, warnings, error } = await decode(jfkWav())
  t.ok(sameSamples(channels, [speech]))
  t.same(format, {
    container: 'wav',
    codec: 'pcm_s16le',
    sampleRate: 16_000,
    channels: 1,
    durationMs: 11_000,
  })
  t.same(warnings, [])
  t.equal(error, undefined)
  t.same(
    chunks.slice(0, 2).map(chunk => [chunk.offset, chunk.sampleRate]),
    [
      [0, 16_000],
      [8192, 16_000],
    ],
  )
})

t.test('every encoding of WAV and of raw PCM', async t => {
  const stereo = [speech.subarray(0, 16_000), speech.subarray(16_000, 32_000)]
  for (const encoding of PCM_ENCODINGS) {
    const raw = { encoding, sampleRate: 8000, channels: 2 }
    const results = [await decode(pcm(stereo, encoding), { raw })]
    if (encoding !== 's16be')
      results.push(
        await decode(wav(stereo, { encoding })),
        await decode(wav(stereo, { encoding, extensible: true })),
      )
    for (const { channels, error } of results) {
      t.equal(error, undefined, encoding)
      for (const [c, samples] of stereo.entries()) {
        const { correlation, lag } = alike(samples, channels[c]!, 1)
        t.ok(correlation > 0.97, `${encoding} ${correlation}`)
        t.equal(lag, 0)
        t.equal(channels[c]!.length, samples.length)
      }
    }
  }
})

t.test('WAV of any rate and number of channels', async t => {
  for (const sampleRate of [8000, 22_050, 44_100, 96_000, 384_000]) {
    const samples = atRate(speech.subarray(0, 8000), 16_000, sampleRate)
    const { format, channels, end } = await decode(
      wav([samples, samples], { sampleRate, encoding: 'f32le' }),
    )
    t.equal(format?.sampleRate, sampleRate)
    t.ok(sameSamples(channels, [samples, samples]))
    t.equal(end, samples.length)
  }
  const eight = Array.from({ length: 8 }, (_, c) =>
    speech.subarray(c * 1000, c * 1000 + 1000),
  )
  const { channels } = await decode(wav(eight, { encoding: 'f32le' }))
  t.ok(sameSamples(channels, eight))
})

t.test('WAV headers as they come', async t => {
  const samples = speech.subarray(0, 20_000)
  const rows: [string, Buffer][] = [
    ['RF64', wav([samples], { rf64: true })],
    ['length 0', wav([samples], { dataSize: 0, riffSize: 0 })],
    [
      'all ones',
      wav([samples], { dataSize: 2 ** 32 - 1, riffSize: 2 ** 32 - 1 }),
    ],
    ['crashed writer', wav([samples], { dataSize: 0, riffSize: 36 })],
    [
      'a chunk of 300 KB before',
      wav([samples], { before: riffChunk('LIST', Buffer.alloc(300_001)) }),
    ],
    [
      'a chunk behind',
      Buffer.concat([wav([samples]), riffChunk('LIST', Buffer.alloc(999))]),
    ],
  ]
  for (const [name, bytes] of rows) {
    const { channels, warnings, error } = await decode(bytes)
    t.ok(sameSamples(channels, [samples]), name)
    t.same([warnings, error], [[], undefined], name)
  }
})

t.test('one sample, and a twentieth of a second', async t => {
  for (const frames of [1, 800]) {
    const samples = speech.subarray(5000, 5000 + frames)
    t.ok(sameSamples((await decode(wav([samples]))).channels, [samples]))
  }
})

t.test('what is not a number becomes silence', async t => {
  const samples = Float32Array.of(0.5, NaN, -Infinity, 2, Infinity)
  for (const encoding of ['f32le', 'f64le'] as const)
    t.same((await decode(wav([samples], { encoding }))).channels, [
      Float32Array.of(0.5, 0, 0, 2, 0),
    ])
})

const ENCODED = [
  ['jfk.mp3', 'mp3', 'mp3', 16_000, 0.98],
  ['jfk.flac', 'flac', 'flac', 16_000, 0.999_999],
  ['jfk.ogg', 'ogg', 'vorbis', 16_000, 0.98],
  ['jfk.opus', 'ogg', 'opus', 48_000, 0.95],
  ['jfk.webm', 'webm', 'opus', 48_000, 0.95],
] as const

for (const [name, container, codec, sampleRate, least] of ENCODED)
  t.test(`${name} without ffmpeg`, async t => {
    const result = await decode(clip(name), NOWHERE)
    t.equal(result.error, undefined)
    t.same(result.warnings, [])
    t.match(result.format, { container, codec, sampleRate, channels: 1 })
    t.equal(result.end, 11 * sampleRate, 'exactly as long as the original')
    const reference = atRate(speech, 16_000, sampleRate)
    const reach = Math.round(sampleRate * 0.003)
    const window = [3 * sampleRate, 4 * sampleRate] as const
    const { correlation, lag } = alike(
      reference.subarray(...window),
      result.channels[0]!.subarray(...window),
      reach,
    )
    t.ok(correlation > least, `correlation ${correlation}`)
    t.ok(Math.abs(lag) <= sampleRate / 4000, `lag ${lag}`)
  })

t.test('any chunking gives the same samples at the same places', async t => {
  const short = speech.subarray(0, 3000)
  // A part of a clip is enough for bytes that come one by one.
  const start = (name: string) => clip(name).subarray(0, 12_000)
  const inputs: [string, Buffer, DecoderOptions][] = [
    ['wav', wav([short, short], { encoding: 's24le' }), {}],
    [
      'raw',
      pcm([short], 's16be'),
      { raw: { encoding: 's16be', sampleRate: 8000, channels: 1 } },
    ],
    ...ENCODED.map(([name]): [string, Buffer, DecoderOptions] => [
      name,
      start(name),
      {},
    ]),
  ]
  for (const [name, bytes, options] of inputs) {
    const whole = await decode(bytes, { ...options, portion: bytes.length })
    t.ok(whole.end > 0, name)
    for (const portion of [1, 1009]) {
      const parts = await decode(bytes, { ...options, portion })
      t.ok(sameSamples(parts.channels, whole.channels), `${name} by ${portion}`)
      t.equal(parts.end, whole.end)
      t.same(codesOf(parts), codesOf(whole))
    }
  }
})

t.test('any portion size at all', async () => {
  const inputs = ENCODED.map(([name]) => clip(name).subarray(0, 15_000))
  const wholes = await Promise.all(inputs.map(bytes => decode(bytes)))
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: inputs.length - 1 }),
      fc.integer({ min: 2, max: 9000 }),
      async (index, portion) => {
        const parts = await decode(inputs[index]!, { portion })
        const a = parts.channels[0]!
        const b = wholes[index]!.channels[0]!
        return Buffer.from(a.buffer).equals(Buffer.from(b.buffer))
      },
    ),
    { numRuns: 15 },
  )
})

t.test('an ID3 tag with a picture in front', async t => {
  const size = 300_000
  const tag = Buffer.alloc(10 + size)
  tag.write('ID3\x04')
  for (const [i, shift] of [21, 14, 7, 0].entries())
    tag[6 + i] = (size >> shift) & 0x7f
  for (const name of ['jfk.mp3', 'jfk.flac']) {
    const result = await decode(Buffer.concat([tag, clip(name)]))
    t.equal(result.end, 176_000, name)
    t.same(result.warnings, [])
  }
})

t.test('decodes concatenated files to the end', async t => {
  for (const name of [
    'jfk.mp3',
    'jfk.flac',
    'jfk.ogg',
    'jfk.opus',
    'jfk.webm',
  ]) {
    const one = await decode(clip(name))
    const two = await decode(Buffer.concat([clip(name), clip(name)]))
    t.equal(two.error, undefined, name)
    t.ok(two.end > 1.98 * one.end && two.end < 2.01 * one.end, name)
  }
})

t.test('chunks own their memory and are of moderate size', async t => {
  const sounds = [wav([speech]), ...ENCODED.map(([name]) => clip(name))]
  for (const bytes of sounds) {
    const { chunks } = await decode(bytes)
    for (const { channels } of chunks)
      for (const samples of channels) {
        if (samples.length > 8192) t.fail(`${samples.length} frames`)
        if (samples.buffer.byteLength !== samples.byteLength)
          t.fail('shares its memory')
      }
  }
})

t.test('options are checked', async t => {
  const rows: unknown[] = [
    { raw: { encoding: 's16', sampleRate: 8000, channels: 1 } },
    { raw: { encoding: 's16le', sampleRate: 0, channels: 1 } },
    { raw: { encoding: 's16le', sampleRate: 8000, channels: 1.5 } },
    { maxDurationMs: 0 },
    { maxDurationMs: NaN },
    { ffmpeg: 'ffmpeg' },
    { signal: {} },
  ]
  for (const options of rows)
    t.throws(() => new Decoder(options as DecoderOptions), OptionError)
})
