import { readFileSync } from 'node:fs'
import { PassThrough, Readable } from 'node:stream'
import t from 'tap'
import {
  EnginePool,
  transcribe,
  type TranscribeOptions,
  type TranscriptEvent,
} from '../lib/index.ts'
import { testModels } from './fixtures/models.ts'
import { jfk, jfkText } from './fixtures/speech-clips.ts'
import { wordErrors } from '../lib/bench/word-errors.ts'

const modelDir = await testModels()
const pool = new EnginePool({ modelDir })
t.teardown(() => pool.close())
const bytes = readFileSync(jfk)

/** All events until the end or an error, and that error. */
const heard = async (
  input: Parameters<typeof transcribe>[0],
  options: TranscribeOptions = {},
): Promise<{ events: TranscriptEvent[]; error?: unknown }> => {
  const events: TranscriptEvent[] = []
  try {
    for await (const event of transcribe(input, { pool, ...options }))
      events.push(event)
    return { events }
  } catch (error) {
    return { events, error }
  }
}

t.test('a path, bytes, a stream and an async iterable', async t => {
  const inputs = [jfk, bytes, Readable.from([bytes]), oneByOne()]
  for (const input of inputs)
    t.equal(wordErrors(jfkText, await transcribe(input, { pool }).text()), 0)
})

async function* oneByOne(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 4_099)
    yield bytes.subarray(at, at + 4_099)
}

t.test('tells the format and how far it is', async t => {
  const formats: unknown[] = []
  const audio: number[] = []
  await heard(jfk, {
    onFormat: format => formats.push(format),
    onProgress: ({ audioMs, durationMs }) => {
      t.equal(durationMs, 11_000)
      audio.push(audioMs)
    },
  })
  t.match(formats, [{ container: 'wav', sampleRate: 16_000 }])
  t.equal(audio.at(-1), 11_000)
  t.same(
    audio,
    audio.toSorted((a, b) => a - b),
  )
})

t.test('what came before a failure is transcribed', async t => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield bytes.subarray(0, 200_000)
    // Not before the decoder has taken it.
    await new Promise(setImmediate)
    throw new Error('the line went dead')
  }
  const { events, error } = await heard(broken())
  t.match(error, { message: 'the line went dead' })
  const final = events.find(event => event.type === 'final')
  t.match(final?.text, /fellow Americans/i)
  t.match(events.at(-1), { type: 'end', complete: false })
})

t.test('a truncated file is a warning, and not complete', async t => {
  const { events, error } = await heard(bytes.subarray(0, 200_000))
  t.equal(error, undefined)
  t.match(
    events.filter(event => event.type === 'warning'),
    [{ code: 'VOX_TRUNCATED' }],
  )
  t.match(events.at(-1), { type: 'end', complete: false })
  const strict = await heard(bytes.subarray(0, 200_000), { strict: true })
  t.match(strict.error, { code: 'VOX_TRUNCATED' })
  t.ok(strict.events.some(event => event.type === 'final'))
})

t.test('stop ends the source and keeps what was read', async t => {
  const stop = new AbortController()
  const input = new PassThrough()
  input.write(bytes)
  const events: TranscriptEvent[] = []
  const options = { pool, stop: stop.signal }
  for await (const event of transcribe(input, options)) {
    events.push(event)
    if (event.type === 'speech-start') stop.abort()
  }
  t.ok(events.some(event => event.type === 'final'))
  t.match(events.at(-1), { type: 'end', complete: false })
})

t.test('events come while the source is still open', async t => {
  const input = new PassThrough()
  input.write(bytes)
  const closed = new Promise(done => input.once('close', done))
  for await (const event of transcribe(input, { pool }))
    if (event.type === 'speech-start') break
  await closed
  t.ok(input.destroyed, 'and leaving early closes it')
})

t.test('an abort throws the reason of the signal', async t => {
  const abort = new AbortController()
  const reason = new Error('enough')
  const transcript = transcribe(jfk, { pool, signal: abort.signal })
  await t.rejects(async () => {
    for await (const event of transcript)
      if (event.type === 'speech-start') abort.abort(reason)
  }, reason)
})

t.test('wrong options once left the input open', async t => {
  const input = new PassThrough()
  const { error } = await heard(input, { language: 'de' })
  t.match(error, { code: 'VOX_LANGUAGE' })
  t.equal(input.listenerCount('data'), 0, 'nobody reads it')
})

t.test('bad inputs', async t => {
  const codes: [unknown, string][] = [
    ['no-such-file.wav', 'VOX_INPUT'],
    [import.meta.dirname, 'VOX_INPUT'],
    [new Uint8Array(0), 'VOX_INPUT_EMPTY'],
    [Buffer.from('just some words\n'.repeat(99)), 'VOX_FORMAT_UNKNOWN'],
    [undefined, 'VOX_OPTION'],
    [5, 'VOX_OPTION'],
  ]
  for (const [input, code] of codes)
    t.match((await heard(input as string)).error, { code })
})
