import { once } from 'node:events'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import * as fc from 'fast-check'
import t from 'tap'
import { joinSamples } from '../../lib/audio/resample-wave.ts'
import { endOf, type AudioChunk } from '../../lib/core/audio-chunk.ts'
import { chunksOf } from '../../lib/core/stage.ts'
import { Resampler, type ResamplerOptions } from '../../lib/stages/resampler.ts'
import { chunked, cut, noise } from '../fixtures/tones.ts'

const run = async (
  chunks: readonly AudioChunk[],
  options: ResamplerOptions,
): Promise<AudioChunk[]> => {
  const output: AudioChunk[] = []
  const stage = new Resampler(options)
  Readable.from(chunks).pipe(stage)
  for await (const chunk of chunksOf(stage)) output.push(chunk)
  return output
}

for (const engine of ['polyphase', 'wave-resampler'] as const)
  t.test(`${engine}: any chunking gives the same samples`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(8_000, 22_050, 44_100, 48_000, 16_000),
        fc.constantFrom('mono' as const, 'keep' as const),
        fc.integer({ min: 0, max: 20_000 }),
        fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1 }),
        async (rate, channels, frames, lengths) => {
          const [left, right] = [noise(frames, 1), noise(frames, 2)]
          const rights = cut(right, lengths)
          const parts = chunked(cut(left, lengths), rate, 11).map(
            ({ sampleRate, offset, channels: [left] }, k) => ({
              sampleRate,
              offset,
              channels: [left!, rights[k]!],
            }),
          )
          const whole = [
            { sampleRate: rate, channels: [left, right], offset: 11 },
          ]
          const options = { sampleRate: 16_000, channels, engine }
          const [a, b] = await Promise.all(
            [whole, parts].map(async chunks => {
              const output = await run(chunks, options)
              let next = output[0]?.offset ?? 0
              for (const chunk of output) {
                if (chunk.offset !== next) throw new Error('a hole')
                next = endOf(chunk)
              }
              return [0, 1].map(c =>
                joinSamples(output.map(chunk => chunk.channels[c] ?? noise(0))),
              )
            }),
          )
          const length =
            Math.round(((11 + frames) * 16_000) / rate) -
            Math.round((11 * 16_000) / rate)
          return (
            a![0]!.length === length &&
            a!.every((samples, c) =>
              Buffer.from(samples.buffer).equals(Buffer.from(b![c]!.buffer)),
            )
          )
        },
      ),
      { numRuns: engine === 'polyphase' ? 30 : 10 },
    )
  })

t.test('an hour in one chunk comes as it is read', async t => {
  const minute = noise(60 * 8_000)
  const frames = 60 * minute.length
  const hour = new Float32Array(frames)
  for (let k = 0; k < 60; k++) hour.set(minute, k * minute.length)
  let waiting = 0
  let received = 0
  const stage = new Resampler({ sampleRate: 16_000 })
  await pipeline(
    Readable.from(chunked([hour], 8_000)),
    stage,
    new Writable({
      objectMode: true,
      highWaterMark: 1,
      write(chunk: AudioChunk, _, done) {
        waiting = Math.max(waiting, stage.readableLength)
        received += chunk.channels[0]!.length
        setImmediate(done)
      },
    }),
  )
  t.equal(received, frames * 2)
  t.ok(waiting <= 4, `at most ${waiting} chunks were waiting`)
})

t.test('a signal destroys it', async t => {
  const controller = new AbortController()
  const stage = new Resampler({
    sampleRate: 16_000,
    signal: controller.signal,
  })
  controller.abort()
  const [error] = (await once(stage, 'error')) as [Error]
  t.match(error, { name: 'AbortError' })
})

t.test('errors of the input', async t => {
  await t.rejects(
    run([...chunked([noise(10)], 48_000, 5), ...chunked([noise(10)], 48_000)], {
      sampleRate: 16_000,
    }),
    { code: 'VOX_FORMAT', message: /goes back in time, from frame 15 to 0/ },
  )
  const stage = new Resampler({ sampleRate: 16_000 })
  stage.write(Buffer.alloc(2))
  const [error] = (await once(stage, 'error')) as [Error]
  t.match(error, {
    code: 'VOX_FORMAT',
    message: /^Resampler takes .* put a Decoder in front/,
  })
})

t.test('options are checked', async t => {
  for (const [options, option] of [
    [{}, 'sampleRate'],
    [{ sampleRate: 44_100.5 }, 'sampleRate'],
    [{ sampleRate: 0 }, 'sampleRate'],
    [{ sampleRate: 16_000, channels: 'stereo' }, 'channels'],
    [{ sampleRate: 16_000, engine: 'soxr' }, 'engine'],
    [{ sampleRate: 16_000, signal: {} }, 'signal'],
  ] as const)
    t.throws(() => new Resampler(options as ResamplerOptions), {
      code: 'VOX_OPTION',
      option,
    })
})
