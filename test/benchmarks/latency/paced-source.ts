import fc from 'fast-check'
import { once } from 'node:events'
import t from 'tap'
import { PacedSource } from '../../../benchmarks/latency/paced-source.ts'
import type { AudioChunk } from '../../../lib/core/audio-chunk.ts'
import { systemClock } from '../../../lib/core/clock.ts'
import { virtualClock } from '../../fixtures/virtual-clock.ts'

const ramp = (length: number) =>
  Float32Array.from({ length }, (_, i) => (i + 1) / length)

t.test('each chunk comes when its last sample was spoken', async t => {
  const clock = virtualClock(5_000)
  const source = new PacedSource({ samples: ramp(1_000), tailMs: 100, clock })
  t.ok(Number.isNaN(source.startedAt))
  t.equal(source.durationMs, 162.5)
  const seen: unknown[] = []
  for await (const { offset, channels } of source as AsyncIterable<AudioChunk>)
    seen.push([clock.now(), offset, channels[0]!.length])
  t.equal(source.startedAt, 5_000)
  t.strictSame(seen, [
    [5_050, 0, 800],
    [5_100, 800, 800],
    [5_150, 1_600, 800],
    [5_162.5, 2_400, 200],
  ])
  t.strictSame(source.lateness, [0, 0, 0, 0])
})

t.test('plays all audio and then silence', async t => {
  const sizes = fc.integer({ min: 0, max: 4_000 })
  await fc.assert(
    fc.asyncProperty(sizes, fc.nat(200), async (length, tailMs) => {
      const samples = ramp(length)
      const clock = virtualClock()
      const source = new PacedSource({ samples, tailMs, clock })
      const all: number[] = []
      for await (const chunk of source as AsyncIterable<AudioChunk>) {
        t.equal(chunk.sampleRate, 16_000)
        t.equal(chunk.offset, all.length)
        all.push(...chunk.channels[0]!)
      }
      t.equal(all.length, length + tailMs * 16)
      t.ok(samples.every((sample, i) => sample === all[i]))
      t.ok(all.slice(length).every(sample => sample === 0))
    }),
    { numRuns: 15 },
  )
})

t.test(
  'a slow reader does not move the clock and learns the delay',
  async t => {
    const clock = virtualClock(0)
    const source = new PacedSource({ samples: ramp(8_000), tailMs: 0, clock })
    const seen: number[] = []
    for await (const { offset } of source as AsyncIterable<AudioChunk>) {
      seen.push(clock.now())
      if (offset === 800)
        await new Promise<void>(resolve => clock.after(200, resolve))
    }
    t.strictSame(seen, [50, 100, 300, 300, 300, 300, 350, 400, 450, 500])
    t.equal(source.lateness.length, 10)
    // One chunk is ready and on time; the rest waits for its reader.
    t.equal(Math.max(...source.lateness), 100)
    t.equal(source.lateness.at(-1), 0)
  },
)

t.test('an abort ends it and its timer', async t => {
  const abort = new AbortController()
  const { signal } = abort
  const source = new PacedSource({ samples: ramp(160_000), signal })
  source.resume()
  await new Promise(setImmediate)
  abort.abort()
  const [error] = (await once(source, 'error')) as [Error]
  t.equal(error.name, 'AbortError')

  const never = new PacedSource({ samples: ramp(1), signal })
  const [refused] = (await once(never, 'error')) as [Error]
  t.equal(refused.name, 'AbortError')
})

t.test('on the clock of the machine nothing comes early', async t => {
  const source = new PacedSource({ samples: ramp(3_200), tailMs: 0 })
  let spoken = 0
  for await (const { channels } of source as AsyncIterable<AudioChunk>) {
    spoken += channels[0]!.length / 16
    t.ok(systemClock.now() - source.startedAt >= spoken)
  }
  t.equal(spoken, 200)
  t.ok(source.lateness.every(late => late >= 0))
})

t.test('refuses an invalid tail', async t => {
  const samples = ramp(1)
  t.throws(() => new PacedSource({ samples, tailMs: -1 }), {
    code: 'VOX_OPTION',
  })
})
