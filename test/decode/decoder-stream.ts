// In a process of its own: its listener throws.
import { once } from 'node:events'
import { PassThrough, Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import prism from 'prism-media'
import t from 'tap'
import type { AudioChunk } from '../../lib/core/audio-chunk.ts'
import { chunksOf } from '../../lib/core/stage.ts'
import { Decoder } from '../../lib/decode/decoder.ts'
import {
  alike,
  atRate,
  clip,
  codesOf,
  decode,
  jfk,
  jfkWav,
  noFfmpeg,
  pcm,
  portions,
  wav,
} from '../fixtures/audio.ts'

const speech = jfk()

const drain = async (decoder: Decoder): Promise<number> => {
  let frames = 0
  for await (const chunk of chunksOf(decoder))
    frames += chunk.channels[0]!.length
  return frames
}

t.test('works in pipeline, by pipe and by for await', async t => {
  let frames = 0
  await pipeline(
    Readable.from(portions(clip('jfk.ogg'), 5000)),
    new Decoder(),
    new Writable({
      objectMode: true,
      write(chunk: AudioChunk, _, done) {
        frames += chunk.channels[0]!.length
        setImmediate(done)
      },
    }),
  )
  t.equal(frames, 176_000)
  const piped = Readable.from(portions(clip('jfk.mp3'), 5000))
  t.equal(await drain(piped.pipe(new Decoder())), 176_000)
})

t.test('format comes once, before the first chunk', async t => {
  const decoder = new Decoder()
  const seen: string[] = []
  decoder.on('format', () => seen.push('format'))
  decoder.on('data', () => seen.push('data'))
  decoder.end(jfkWav())
  await once(decoder, 'end')
  t.equal(seen.indexOf('format'), 0)
  t.equal(seen.lastIndexOf('format'), 0)
})

t.test('a slow reader slows the writer down', async t => {
  // A chain of thirty links, and a minute and a half.
  const opus = clip('jfk.opus')
  const inputs = [
    Buffer.concat(Array.from({ length: 30 }, () => opus)),
    wav([new Float32Array(3_000_000)]),
  ]
  for (const bytes of inputs) {
    const decoder = new Decoder()
    let written = 0
    const source = new Readable({
      highWaterMark: 4096,
      read() {
        this.push(bytes.subarray(written, written + 4096))
        written += 4096
        if (written >= bytes.length) this.push(null)
      },
    })
    source.pipe(decoder)
    await once(decoder, 'readable')
    // Every turn of the loop is a chance to run ahead.
    for (let i = 0; i < 200; i++) await new Promise(setImmediate)
    t.ok(decoder.readableLength <= 8, `${decoder.readableLength} chunks wait`)
    t.ok(written < 300_000, `${written} bytes taken`)
    t.ok((await drain(decoder)) > 2_000_000)
  }
})

t.test('stops at the longest duration and ends its side', async t => {
  const decoder = new Decoder({ maxDurationMs: 2500 })
  const warnings: { code: string }[] = []
  decoder.on('warning', warning => warnings.push(warning))
  // A source that never ends.
  const source = new PassThrough()
  source.pipe(decoder)
  source.write(wav([speech], { dataSize: 0, riffSize: 0 }))
  t.equal(await drain(decoder), 40_000)
  t.match(warnings, [{ code: 'VOX_MAX_DURATION' }])
  source.destroy()
  for (const name of [
    'jfk.mp3',
    'jfk.flac',
    'jfk.ogg',
    'jfk.opus',
    'jfk.webm',
  ]) {
    const result = await decode(clip(name), {
      maxDurationMs: 1000,
      strict: true,
    })
    t.equal(result.end, result.format?.sampleRate, name)
    t.same(codesOf(result), ['VOX_MAX_DURATION'])
    t.equal(result.error, undefined)
  }
})

t.test('the whole of a longer input is swallowed in a pipeline', async t => {
  let frames = 0
  await pipeline(
    Readable.from(portions(jfkWav(), 1000)),
    new Decoder({ maxDurationMs: 1000 }),
    new Writable({
      objectMode: true,
      write(chunk: AudioChunk, _, done) {
        frames += chunk.channels[0]!.length
        done()
      },
    }),
  )
  t.equal(frames, 16_000)
})

t.test('an error waits until what came before it is read', async t => {
  const decoder = new Decoder({ strict: true })
  decoder.end(jfkWav().subarray(0, 200_000))
  let frames = 0
  await t.rejects(
    async () => {
      for await (const chunk of chunksOf(decoder)) {
        await new Promise(setImmediate)
        frames += chunk.channels[0]!.length
      }
    },
    { code: 'VOX_TRUNCATED' },
  )
  t.equal(frames, (200_000 - 44) / 2)
})

t.test('empty chunks between others are passed over', async t => {
  const raw = { encoding: 's16le', sampleRate: 16_000, channels: 1 } as const
  const none = Buffer.alloc(0)
  for (const [bytes, options] of [
    [jfkWav(), {}],
    [jfkWav().subarray(44), { raw }],
    [clip('jfk.mp3'), {}],
    [clip('jfk.webm'), {}],
  ] as const) {
    const count = async (parts: readonly Uint8Array[]): Promise<number> => {
      const decoder = new Decoder(options)
      for (const part of parts) decoder.write(part)
      decoder.end()
      let frames = 0
      for await (const chunk of chunksOf(decoder))
        frames += chunk.channels[0]!.length
      return frames
    }
    const [head, rest] = [bytes.subarray(0, 20), bytes.subarray(20)]
    const parts = [none, none, head, none, none, rest, none]
    t.equal(await count(parts), await count([bytes]))
  }
})

t.test('a signal destroys it, also while it waits', async t => {
  const waiting = new AbortController()
  const idle = new Decoder({ signal: waiting.signal })
  const failed = once(idle, 'error')
  idle.write(jfkWav().subarray(0, 1000))
  await once(idle, 'readable')
  waiting.abort()
  const [error] = (await failed) as [Error]
  t.equal(error.name, 'AbortError')
  const full = new Decoder()
  full.write(jfkWav())
  await once(full, 'readable')
  full.destroy()
  await once(full, 'close')
  t.ok(full.destroyed)
  const unused = new Decoder()
  unused.destroy()
  await once(unused, 'close')
})

t.test('an error of a listener is not reported as damage', async t => {
  const decoder = new Decoder()
  decoder.on('error', () => t.fail('not our error'))
  const thrown = new Promise(resolve =>
    process.once('uncaughtException', resolve),
  )
  const ours = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  decoder.on('data', () => {
    throw new Error('of the listener')
  })
  decoder.end(jfkWav())
  t.match(await thrown, { message: 'of the listener' })
  for (const listener of ours) process.on('unhandledRejection', listener)
})

t.test('packets of prism-media, decoded by it, pipe into raw', async t => {
  const rate = 48_000
  const source = Readable.from(portions(clip('jfk.opus'), 1000))
  const decoder = new Decoder({
    raw: { encoding: 's16le', sampleRate: rate, channels: 2 },
  })
  const parts: Float32Array[] = []
  decoder.on('data', chunk => parts.push(chunk.channels[0]!))
  source
    .pipe(new prism.opus.OggDemuxer())
    .pipe(new prism.opus.Decoder({ rate, channels: 2, frameSize: 960 }))
    .pipe(decoder)
  await once(decoder, 'end')
  const heard = Float32Array.from(parts.flatMap(part => [...part]))
  const from = 3 * rate
  const { correlation, lag } = alike(
    atRate(speech, 16_000, rate).subarray(from, from + rate / 2),
    heard.subarray(from, from + rate / 2),
    500,
  )
  t.ok(correlation > 0.95, `correlation ${correlation}`)
  // prism-media keeps the frames that the encoder put in front.
  t.ok(Math.abs(lag - 312) < 4, `lag ${lag}`)
})

t.test('prism-media’s ffmpeg pipes into raw', { skip: noFfmpeg }, async t => {
  const ffmpeg = new prism.FFmpeg({
    args: ['-loglevel', '0', '-f', 's16le', '-ar', '16000', '-ac', '1'],
  })
  const raw = { encoding: 's16le', sampleRate: 16_000, channels: 1 } as const
  Readable.from(portions(clip('jfk.flac'), 10_000)).pipe(ffmpeg)
  t.equal(await drain(ffmpeg.pipe(new Decoder({ raw }))), 176_000)
})

t.test('raw PCM needs no sniffing', async t => {
  const raw = { encoding: 'f32le', sampleRate: 16_000, channels: 1 } as const
  // Text as samples: nobody looks.
  const { end } = await decode(Buffer.from('text'.repeat(100)), { raw })
  t.equal(end, 100)
  t.equal((await decode(pcm([speech], 'f32le'), { raw })).end, 176_000)
  t.equal(
    (await decode(Buffer.alloc(0), { raw })).error?.code,
    'VOX_INPUT_EMPTY',
  )
})
