import { once } from 'node:events'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import * as fc from 'fast-check'
import t from 'tap'
import { endOf, type AudioChunk } from '../../lib/core/audio-chunk.ts'
import { chunksOf } from '../../lib/core/stage.ts'
import { Chunker, type ChunkerOptions } from '../../lib/stages/chunker.ts'
import { Resampler } from '../../lib/stages/resampler.ts'
import { chunked, cut, noise } from '../fixtures/tones.ts'

const run = async (
  chunks: readonly AudioChunk[],
  options?: ChunkerOptions,
): Promise<AudioChunk[]> => {
  const output: AudioChunk[] = []
  const stage = new Chunker(options)
  Readable.from(chunks).pipe(stage)
  for await (const chunk of chunksOf(stage)) output.push(chunk)
  return output
}

t.test('50 ms by default, the last one short', async t => {
  const chunks = await run(chunked([noise(2_000)], 16_000))
  t.same(
    chunks.map(chunk => [chunk.offset, endOf(chunk)]),
    [
      [0, 800],
      [800, 1_600],
      [1_600, 2_000],
    ],
  )
})

t.test('any chunking gives the same chunks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1 }),
      fc.constantFrom('short' as const, 'pad' as const, 'drop' as const),
      async (lengths, last) => {
        const samples = noise(9_999)
        const options = { ms: 20, last }
        const [whole, parts] = await Promise.all([
          run(chunked([samples], 22_050), options),
          run(chunked(cut(samples, lengths), 22_050), options),
        ])
        return JSON.stringify(whole) === JSON.stringify(parts)
      },
    ),
    { numRuns: 20 },
  )
})

t.test('after a Resampler, a gap stays where it was', async t => {
  const places: number[][] = []
  await pipeline(
    Readable.from([
      ...chunked([noise(48_000)], 48_000),
      ...chunked([noise(4_800)], 48_000, 480_000),
    ]),
    new Resampler({ sampleRate: 16_000 }),
    new Chunker({ ms: 500 }),
    new Writable({
      objectMode: true,
      write(chunk: AudioChunk, _, done) {
        places.push([chunk.offset, endOf(chunk)])
        done()
      },
    }),
  )
  t.same(places, [
    [0, 8_000],
    [8_000, 16_000],
    [160_000, 161_600],
  ])
})

t.test('a long chunk is cut as it is read', async t => {
  const stage = new Chunker()
  stage.write(chunked([noise(16_000 * 60)], 16_000)[0])
  t.equal(stage.readableLength, 8)
  stage.end()
  let count = 0
  for await (const _ of stage) count++
  t.equal(count, 1_200)
})

t.test('options, input and signal are checked', async t => {
  for (const [options, option] of [
    [{ ms: 0 }, 'ms'],
    [{ ms: NaN }, 'ms'],
    [{ ms: 60_001 }, 'ms'],
    [{ last: 'keep' }, 'last'],
    [{ signal: 1 }, 'signal'],
  ] as const)
    t.throws(() => new Chunker(options as unknown as ChunkerOptions), {
      code: 'VOX_OPTION',
      option,
    })
  const stage = new Chunker()
  stage.write('RIFF')
  const [error] = (await once(stage, 'error')) as [Error]
  t.match(error, { code: 'VOX_FORMAT', message: /^Chunker takes/ })
  const aborted = new Chunker({ signal: AbortSignal.abort() })
  const [reason] = (await once(aborted, 'error')) as [Error]
  t.match(reason, { name: 'AbortError' })
})
