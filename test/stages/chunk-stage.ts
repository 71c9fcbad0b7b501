import { once } from 'node:events'
import { PassThrough, Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import type { AudioChunk } from '../../lib/core/audio-chunk.ts'
import { ChunkStage } from '../../lib/stages/chunk-stage.ts'
import { chunked, noise } from '../fixtures/tones.ts'

/** Gives each chunk so many times, and counts how many were asked for. */
class Repeater {
  made = 0
  readonly #times: number
  constructor(times: number) {
    this.#times = times
  }
  *push(chunk: AudioChunk): Generator<AudioChunk> {
    for (let k = 0; k < this.#times; k++) {
      this.made++
      yield { ...chunk, offset: this.made }
    }
  }
  *end(): Generator<AudioChunk> {
    yield* this.push({
      sampleRate: 1,
      channels: [new Float32Array(1)],
      offset: 0,
    })
  }
}

const stageOf = (engine: Repeater): ChunkStage =>
  new ChunkStage(engine, { readableHighWaterMark: 4, writableHighWaterMark: 4 })

const chunks = (count: number): AudioChunk[] =>
  chunked(
    Array.from({ length: count }, () => noise(10)),
    16_000,
  )

t.test('produces no more from a chunk than the reader takes', async t => {
  const engine = new Repeater(1_000)
  const stage = stageOf(engine)
  stage.write(chunks(1)[0])
  await setImmediate()
  t.equal(engine.made, 4)
  stage.read()
  stage.read()
  await setImmediate()
  t.ok(engine.made <= 6, `${engine.made} made after two were read`)
  stage.end()
  let offset = 2
  for await (const chunk of stage)
    if ((chunk as AudioChunk).offset !== ++offset) t.fail('out of order')
  t.equal(offset, 2_000, 'the tail came too, as it was read')
})

t.test('a slow reader slows the source down', async t => {
  let given = 0
  const source = Readable.from(
    (function* () {
      for (const chunk of chunks(1_000)) {
        given++
        yield chunk
      }
    })(),
    { highWaterMark: 1 },
  )
  const stuck = new Writable({ objectMode: true, highWaterMark: 1, write() {} })
  const done = pipeline(source, stageOf(new Repeater(3)), stuck)
  for (let turn = 0; turn < 50; turn++) await setImmediate()
  t.ok(given < 16, `${given} of 1000 chunks taken`)
  stuck.destroy(new Error('enough'))
  await t.rejects(done, { message: 'enough' })
})

t.test('pipeline, pipe, data and async iteration agree', async t => {
  const input = () => Readable.from(chunks(7))
  const expected = 8 * 3
  let count = 0
  const sink = () =>
    new Writable({
      objectMode: true,
      write(_chunk, _encoding, done) {
        count++
        done()
      },
    })
  await pipeline(input(), stageOf(new Repeater(3)), sink())
  t.equal(count, expected)
  count = 0
  await once(
    input()
      .pipe(stageOf(new Repeater(3)))
      .pipe(sink()),
    'finish',
  )
  t.equal(count, expected)
  count = 0
  const flowing = input().pipe(stageOf(new Repeater(3)))
  flowing.on('data', () => {
    // Reading in the middle of a push is allowed and loses nothing.
    for (count++; flowing.read() !== null;);
  })
  await once(flowing, 'end')
  t.equal(count, expected)
  count = 0
  for await (const _ of input().pipe(stageOf(new Repeater(3)))) count++
  t.equal(count, expected)
})

t.test('an error in the engine is the stream’s', async t => {
  class Broken extends Repeater {
    override *push(chunk: AudioChunk): Generator<AudioChunk> {
      yield chunk
      throw new Error('broken')
    }
  }
  const stage = stageOf(new Broken(1)).resume()
  stage.write(chunks(1)[0])
  const [error] = (await once(stage, 'error')) as [Error]
  t.match(error, { message: 'broken' })
  t.equal(stage.destroyed, true)
})

t.test('an error of a listener is not the stream’s', async t => {
  const stage = stageOf(new Repeater(1))
  stage.on('error', () => t.fail('the stage has no error'))
  stage.on('data', () => {
    throw new Error('mine')
  })
  const raised = once(process, 'uncaughtException')
  t.capture(process, 'emitWarning')
  queueMicrotask(() => stage.write(chunks(1)[0]))
  t.match(await raised, [{ message: 'mine' }])
})

t.test(
  'refuses values that are not AudioChunks and says what to do',
  async t => {
    for (const [value, name] of [
      [Buffer.from('x'), 'a Buffer'],
      ['text', 'a string'],
      [{ sampleRate: 8_000 }, 'a Object'],
      [Object.create(null), 'a bare object'],
    ] as const) {
      const stage = stageOf(new Repeater(1))
      stage.write(value)
      const [error] = (await once(stage, 'error')) as [Error]
      t.match(error, {
        code: 'VOX_FORMAT',
        message: `ChunkStage takes AudioChunks, got ${name}: put a Decoder in front of it`,
      })
    }
  },
)

t.test('produces nothing after it is destroyed', async t => {
  const engine = new Repeater(1_000)
  const stage = stageOf(engine)
  const done = pipeline(
    Readable.from(chunks(2)),
    stage,
    new PassThrough({ objectMode: true, highWaterMark: 1 }),
  )
  await setImmediate()
  stage.destroy()
  await t.rejects(done, { code: 'ERR_STREAM_PREMATURE_CLOSE' })
  const { made } = engine
  await setImmediate()
  t.equal(engine.made, made)
})
