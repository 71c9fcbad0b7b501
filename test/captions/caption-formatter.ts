import { once } from 'node:events'
import { PassThrough, Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import * as fc from 'fast-check'
import t from 'tap'
import { captionFormats } from '../../lib/captions/formats/caption-formats.ts'
import {
  CaptionFormatter,
  formatCaptions,
} from '../../lib/captions/caption-formatter.ts'
import type { FinalEvent } from '../../lib/core/transcript-event.ts'
import { events, finals, hostileText } from '../fixtures/captions.ts'

const final = (i: number): FinalEvent => ({
  type: 'final',
  turn: `${i}`,
  text: `This is turn ${i} — naïve café 👍🏽.`,
  start: i * 2000,
  end: i * 2000 + 1900,
})

t.test('writes the same as formatCaptions() in every format', async t => {
  for (const format of captionFormats) {
    const sink = new PassThrough()
    const read = text(sink)
    await pipeline(events, new CaptionFormatter({ format }), sink)
    t.equal(await read, formatCaptions(events, { format }), format)
    const none = Readable.from([]).pipe(new CaptionFormatter({ format }))
    t.equal(await text(none), formatCaptions([], { format }), `empty ${format}`)
  }
})

t.test('writes the same as formatCaptions() for any text', async () => {
  await fc.assert(
    fc.asyncProperty(
      finals(hostileText),
      fc.constantFrom(...captionFormats),
      async (turns, format) => {
        const stage = Readable.from(turns).pipe(
          new CaptionFormatter({ format }),
        )
        return (await text(stage)) === formatCaptions(turns, { format })
      },
    ),
    { numRuns: 50 },
  )
})

t.test('a cue can be read before the input ends', async t => {
  for (const format of captionFormats) {
    if (format === 'json') continue
    const stage = new CaptionFormatter({ format })
    stage.write(final(0))
    const [bytes] = (await once(stage, 'data')) as [Buffer]
    t.ok(Buffer.isBuffer(bytes))
    t.match(bytes.toString(), 'This is turn 0', format)
    stage.destroy()
  }
})

t.test('json comes at the end', async t => {
  const stage = new CaptionFormatter({ format: 'json' })
  stage.write(final(0))
  t.equal(stage.read(), null)
  stage.end()
  t.match(await text(stage), '"id":0')
})

t.test('a reader that stops stops the source', async t => {
  const taken = { finals: 0 }
  const source = Readable.from(
    (function* () {
      for (; taken.finals < 100_000; taken.finals++) yield final(taken.finals)
    })(),
  )
  let release = (): void => {}
  const sink = new Writable({
    highWaterMark: 1024,
    write(_bytes, _encoding, done) {
      release = done
    },
  })
  const stage = new CaptionFormatter()
  const running = pipeline(source, stage, sink)
  const settled = running.catch((error: Error) => error)
  while (!stage.writableNeedDrain) await new Promise(setImmediate)
  for (let i = 0; i < 100; i++) await new Promise(setImmediate)
  const before = taken.finals
  t.ok(before < 1000, `${before} finals taken of 100000`)
  while (taken.finals === before) {
    release()
    await new Promise(setImmediate)
  }
  t.ok(taken.finals < 2000, 'and it goes on when the reader does')
  source.destroy()
  t.type(await settled, Error)
})

t.test('a signal ends it', async t => {
  const controller = new AbortController()
  const stage = new CaptionFormatter({ signal: controller.signal })
  const running = pipeline(
    async function* () {
      yield final(0)
      await once(controller.signal, 'abort')
    },
    stage,
    async function (output) {
      for await (const _ of output) controller.abort()
    },
  )
  await t.rejects(running, { name: 'AbortError' })
  t.ok(stage.destroyed)

  const aborted = new CaptionFormatter({ signal: AbortSignal.abort() })
  await t.rejects(text(aborted), { name: 'AbortError' })
  t.throws(() => new CaptionFormatter({ signal: {} as AbortSignal }), {
    code: 'VOX_OPTION',
  })
})

t.test(
  'fails on a value that is not an event and keeps earlier output',
  async t => {
    const stage = new CaptionFormatter({ format: 'txt' })
    const got: Buffer[] = []
    stage.on('data', (bytes: Buffer) => got.push(bytes))
    stage.write(final(0))
    stage.write(Buffer.from('RIFF'))
    const [error] = (await once(stage, 'error')) as [Error]
    t.match(error, { code: 'VOX_FORMAT', name: 'FormatError' })
    t.match(Buffer.concat(got).toString(), 'This is turn 0')
  },
)

t.test("a listener's throw is not taken for the stage's", async t => {
  const stage = new CaptionFormatter()
  const failed = once(stage, 'error').then(() => 'error')
  stage.on('data', () => {
    throw new Error('mine')
  })
  t.throws(
    () => {
      stage.write(final(0))
      stage.read()
    },
    { message: 'mine' },
  )
  stage.destroy()
  t.equal(
    await Promise.race([failed, once(stage, 'close').then(() => 'close')]),
    'close',
  )
})
