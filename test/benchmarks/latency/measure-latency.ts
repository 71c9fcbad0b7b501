import t from 'tap'
import {
  untilAborted,
  measureLatency,
  type LatencyEngine,
} from '../../../benchmarks/latency/measure-latency.ts'
import type { AudioChunk } from '../../../lib/core/audio-chunk.ts'
import { never } from '../../fixtures/bench-context.ts'
import { virtualClock } from '../../fixtures/virtual-clock.ts'

async function* count(): AsyncGenerator<number> {
  yield 1
  yield 2
}

t.test('values come as they are', async t => {
  const values: number[] = []
  for await (const value of untilAborted(count(), never)) values.push(value)
  t.same(values, [1, 2])
})

t.test('abandons an iterable that ignores its signal', async t => {
  const abort = new AbortController()
  const values: number[] = []
  const read = async () => {
    const hang = (async function* () {
      yield* count()
      await new Promise(() => {})
    })()
    for await (const value of untilAborted(hang, abort.signal))
      if (values.push(value) === 2)
        setImmediate(() => abort.abort(new Error('late')))
  }
  await t.rejects(read(), { message: 'late' })
  t.same(values, [1, 2])
  await t.rejects(untilAborted(count(), abort.signal).next(), {
    message: 'late',
  })
})

t.test('passes on errors of the engine', async t => {
  const broken = (async function* () {
    yield* count()
    throw new Error('broken')
  })()
  const events = untilAborted(broken, never)
  await events.next()
  await events.next()
  await t.rejects(events.next(), { message: 'broken' })
})

const clip = (id: string, seconds: number) => ({
  id,
  samples: new Float32Array(seconds * 16_000),
})

/** Says where it is with the first chunk of each second. */
const counting: LatencyEngine = async function* (source) {
  yield { type: 'start', schema: 1, engine: 'counting', model: 'none' }
  for await (const { offset } of source as AsyncIterable<AudioChunk>)
    if (offset % 16_000 === 0)
      yield { type: 'delta', turn: '1', text: ` ${offset / 16_000}` }
  yield { type: 'end', duration: 0, complete: true }
}

t.test('notes events on the audio clock of each clip', async t => {
  const { played, audioMs, cost } = await measureLatency({
    engine: counting,
    playlists: [[clip('a', 2), clip('b', 1)]],
    tailMs: 0,
    clock: virtualClock(),
  })
  t.equal(audioMs, 3_000)
  t.match(
    played.map(({ clip, stream, durationMs, arrivals }) => [
      clip.id,
      stream,
      durationMs,
      arrivals.slice(1).map(({ at }) => at),
    ]),
    [
      ['a', 0, 2_000, [50, 1_050, 2_000]],
      ['b', 0, 1_000, [50, 1_000]],
    ],
  )
  t.ok(played.every(({ maxLatenessMs }) => maxLatenessMs === 0))
  t.ok(cost.cpuMs > 0 && cost.wallMs > 0 && cost.peakRss > 1e6)
  t.ok(cost.load > 0 && cost.loopDelay.max >= cost.loopDelay.p99)
})

t.test('streams play together, one after another begun', async t => {
  const clock = virtualClock(0)
  const starts: number[] = []
  const { played } = await measureLatency({
    engine: (source, options) => {
      starts.push(clock.now())
      return counting(source, options)
    },
    playlists: [[clip('a', 1)], [clip('b', 2)], [clip('c', 1)]],
    staggerMs: 200,
    clock,
  })
  t.strictSame(starts, [0, 200, 400])
  t.strictSame(
    played.map(({ clip, stream }) => `${clip.id}${stream}`),
    ['a0', 'b1', 'c2'],
  )
  t.strictSame(
    played.map(({ durationMs }) => durationMs),
    [2_500, 3_500, 2_500],
    'with the silence after each',
  )
  t.equal(clock.now(), 3_700)
})

t.test('a failure of one stream ends the others', async t => {
  const ended: string[] = []
  const engine: LatencyEngine = async function* (source, { signal }) {
    signal.addEventListener('abort', () => ended.push('told'))
    yield { type: 'start', schema: 1, engine: 'broken', model: 'none' }
    for await (const { channels } of source as AsyncIterable<AudioChunk>)
      if (channels[0]![0] === 1) throw new Error('broken')
  }
  const broken = { id: 'broken', samples: new Float32Array([1]) }
  await t.rejects(
    measureLatency({
      engine,
      playlists: [[clip('a', 30)], [broken]],
      clock: virtualClock(),
    }),
    { message: 'broken' },
  )
  t.ok(ended.length > 0)
})

t.test('many streams cause no listener warning', async t => {
  const warnings: Error[] = []
  const listen = (warning: Error) => warnings.push(warning)
  process.on('warning', listen)
  const { played } = await measureLatency({
    engine: counting,
    playlists: Array.from({ length: 24 }, () => [clip('a', 0.1)]),
    tailMs: 0,
    clock: virtualClock(),
  })
  t.equal(played.length, 24)
  await new Promise(setImmediate)
  process.off('warning', listen)
  t.strictSame(warnings, [])
})

t.test('a signal ends it', async t => {
  const abort = new AbortController()
  const clock = virtualClock()
  clock.after(500, () => abort.abort())
  await t.rejects(
    measureLatency({
      engine: counting,
      playlists: [[clip('a', 30)], [clip('b', 30)]],
      staggerMs: 20_000,
      clock,
      signal: abort.signal,
    }),
    { name: 'AbortError' },
  )
})

t.test('an engine that never ends is given up', async t => {
  const told: unknown[] = []
  const engine: LatencyEngine = async function* (source, { signal }) {
    signal.addEventListener('abort', () => told.push(signal.reason))
    source.resume()
    yield { type: 'start', schema: 1, engine: 'endless', model: 'none' }
    await new Promise(() => {})
  }
  const clock = virtualClock(0)
  const measured = measureLatency({
    engine,
    playlists: [[clip('a', 2)]],
    graceMs: 3_000,
    clock,
  })
  await t.rejects(measured, {
    message:
      'it did not end 3 s after 4 s of audio had; events must end when the source does',
  })
  t.equal(told.length, 1)
  t.equal(clock.now(), 6_500)
})
