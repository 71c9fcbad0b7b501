import { readFileSync } from 'node:fs'
import { PassThrough, Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import t from 'tap'
import { formatCaptions } from '../../lib/captions/index.ts'
import {
  CaptionFormatter,
  Decoder,
  transcribe,
  type TranscribeOptions,
  type TranscriptEvent,
} from '../../lib/index.ts'
import { scriptedRecognizer } from '../../lib/testing/index.ts'
import { jfkWords } from '../fixtures/scripted.ts'
import { jfk, jfkText } from '../fixtures/speech-clips.ts'

const recognizer = scriptedRecognizer({ words: jfkWords })
const bytes = readFileSync(jfk)

/** All events until the end or an error, and that error. */
const heard = async (
  input: Parameters<typeof transcribe>[0],
  options: TranscribeOptions = {},
): Promise<{ events: TranscriptEvent[]; error?: unknown }> => {
  const events: TranscriptEvent[] = []
  try {
    for await (const event of transcribe(input, { recognizer, ...options }))
      events.push(event)
    return { events }
  } catch (error) {
    return { events, error }
  }
}

t.test('a path, bytes, a stream and an async iterable', async t => {
  const inputs = [jfk, bytes, Readable.from([bytes]), oneByOne()]
  for (const input of inputs)
    t.equal(await transcribe(input, { recognizer }).text(), jfkText)
})

t.test('is a stream for pipe(), pipeline() and listeners', async t => {
  const piped = transcribe(bytes, { recognizer }).pipe(new CaptionFormatter())
  t.equal(await text(piped), await transcribe(bytes, { recognizer }).captions())

  const types: string[] = []
  await pipeline(
    transcribe(bytes, { recognizer }),
    async (events: AsyncIterable<TranscriptEvent>) => {
      for await (const { type } of events) types.push(type)
    },
  )
  t.equal(types.at(0), 'start')
  t.equal(types.at(-1), 'end')

  const listened = transcribe(bytes, { recognizer })
  const seen: string[] = []
  listened.on('data', (event: TranscriptEvent) => seen.push(event.type))
  t.equal(await listened.text(), jfkText, 'text() waits for the listener')
  t.same(seen, types)
})

t.test('an error comes after the events of a slow reader', async t => {
  const code = 'VOX_TRUNCATED'
  const cut = bytes.subarray(0, 200_000)
  const events: TranscriptEvent[] = []
  const slow = new Writable({
    objectMode: true,
    highWaterMark: 1,
    write(event: TranscriptEvent, _, done) {
      events.push(event)
      setImmediate(done)
    },
  })
  const transcript = transcribe(cut, { recognizer, strict: true })
  await t.rejects(pipeline(transcript, slow), { code })
  const { events: all } = await heard(cut, { strict: true })
  t.same(events, all)
  await t.rejects(transcript.text(), { code })
  await t.rejects(transcribe(cut, { recognizer, strict: true }).captions(), {
    code,
  })
})

t.test('returns captions in several formats, and the text', async t => {
  const { events } = await heard(bytes)
  const transcript = transcribe(bytes, { recognizer })
  const profile = 'netflix'
  const options = { profile, maxLineWidth: 20 } as const
  const [srt, vtt] = await Promise.all([
    transcript.captions(),
    transcript.captions('vtt', options),
  ])
  t.equal(srt, formatCaptions(events))
  t.equal(vtt, formatCaptions(events, { ...options, format: 'vtt' }))
  t.equal(
    await transcript.captions('jsonl'),
    events.map(event => `${JSON.stringify(event)}\n`).join(''),
  )
  t.equal(await transcript.text(), jfkText)
})

t.test('refuses captions of events that are gone, or out of order', async t => {
  const transcript = transcribe(bytes, { recognizer })
  for await (const event of transcript) if (event.type === 'end') break
  await t.rejects(transcript.captions(), {
    code: 'VOX_INPUT',
    message: /already been read/,
  })
  const fresh = transcribe(bytes, { recognizer })
  await t.rejects(fresh.captions('doc' as 'srt'), {
    message: /'format'/,
  })
  await t.rejects(fresh.captions('srt', { maxLineCount: 0 }), {
    message: /'maxLineCount'/,
  })
  t.match(await fresh.captions(), /^1\n/, 'a wrong option reads nothing')
  const order = 'channel'
  const channels = 'separate'
  await t.rejects(
    transcribe(bytes, { recognizer, channels, order }).captions(),
    { message: /'order'/ },
  )
})

t.test('closing a transcript destroys its source', async t => {
  const abandoned = new PassThrough()
  await transcribe(abandoned, { recognizer })[Symbol.asyncDispose]()
  t.ok(abandoned.destroyed, 'one that was never read')

  const reading = new PassThrough()
  reading.write(bytes)
  const transcript = transcribe(reading, { recognizer })
  const { value } = await transcript[Symbol.asyncIterator]().next()
  t.match(value, { type: 'start' })
  await transcript[Symbol.asyncDispose]()
  t.ok(reading.destroyed, 'one that waits for more')
  t.equal(await transcript.text(), '', 'and has the text up to there')

  const code = 'VOX_INPUT'
  const failing = transcribe('no-such-file.wav', { recognizer })
  await t.rejects(failing.text(), { code })
  await failing[Symbol.asyncDispose]()
  t.pass('closing a failed one does not throw its error again')

  const own = new Error('of the user')
  const destroyed = transcribe(bytes, { recognizer })
  destroyed.on('error', () => {}) // as text() reports it
  destroyed.destroy(own)
  await t.rejects(destroyed.text(), own)
})

t.test('any kind of bytes, as input and as chunks of a stream', async t => {
  const buffer = bytes.buffer.slice(
    bytes.byteOffset,
    bytes.byteOffset + bytes.length,
  )
  const shared = new SharedArrayBuffer(bytes.length)
  new Uint8Array(shared).set(bytes)
  const [head, rest] = [buffer.slice(0, 1_000), buffer.slice(1_000)]
  const inputs = [
    buffer,
    shared,
    new DataView(buffer),
    new Int16Array(buffer),
    Readable.from([head, new DataView(rest)]),
    Readable.from([new Uint8Array(head), new ArrayBuffer(0), rest]),
    Readable.from([bytes.subarray(0, 20), Buffer.alloc(0), bytes.subarray(20)]),
  ]
  for (const input of inputs)
    t.equal(await transcribe(input, { recognizer }).text(), jfkText)
})

t.test(
  'a transcript is read once, and its text any number of times',
  async t => {
    const transcript = transcribe(bytes, { recognizer })
    let finals = 0
    for await (const event of transcript) if (event.type === 'final') finals++
    t.ok(finals > 0)
    t.equal(await transcript.text(), jfkText, 'after an iteration')
    t.equal(await transcript.text(), jfkText, 'again')
    for await (const event of transcript) t.fail(`${event.type} comes again`)

    const begun = transcribe(bytes, { recognizer })
    for await (const event of begun) if (event.type === 'final') break
    t.equal(await begun.text(), jfkText, 'what was read before it was left')

    const failing = transcribe(bytes.subarray(0, 200_000), {
      recognizer,
      strict: true,
    })
    const code = 'VOX_TRUNCATED'
    await t.rejects(
      async () => {
        for await (const _ of failing);
      },
      { code },
    )
    await t.rejects(failing.text(), { code }, 'it never looks whole')
  },
)

t.test('an error of a callback rejects the transcript', async t => {
  const mine = (): never => {
    throw new Error('of the callback')
  }
  for (const options of [{ onFormat: mine }, { onProgress: mine }]) {
    const { error } = await heard(bytes, options)
    t.match(error, { message: 'of the callback' })
  }
})

async function* oneByOne(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 4_099)
    yield bytes.subarray(at, at + 4_099)
}

t.test('reports format and progress', async t => {
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

t.test('transcribes audio before a failure', async t => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield bytes.subarray(0, 200_000)
    // Not before the decoder has taken it.
    await new Promise(setImmediate)
    throw new Error('the line went dead')
  }
  const { events, error } = await heard(broken())
  t.match(error, { message: 'the line went dead' })
  const final = events.find(event => event.type === 'final')
  // 200 kB are 6.2 s, in which half of "country" is.
  t.equal(final?.text, jfkText.slice(0, jfkText.indexOf(' can do for you,')))
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
  const options = { recognizer, stop: stop.signal }
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
  for await (const event of transcribe(input, { recognizer }))
    if (event.type === 'speech-start') break
  await closed
  t.ok(input.destroyed, 'and leaving early closes it')
})

t.test('an abort throws the reason of the signal', async t => {
  const abort = new AbortController()
  const reason = new Error('enough')
  const transcript = transcribe(jfk, { recognizer, signal: abort.signal })
  await t.rejects(async () => {
    for await (const event of transcript)
      if (event.type === 'speech-start') abort.abort(reason)
  }, reason)
})

t.test('wrong options once left the input open', async t => {
  const input = new PassThrough()
  const { error } = await heard(input, {
    recognizer: scriptedRecognizer({ languages: ['en'] }),
    language: 'de',
  })
  t.match(error, { code: 'VOX_LANGUAGE' })
  t.equal(input.listenerCount('data'), 0, 'nobody reads it')
})

async function* eachTime(chunk: unknown): AsyncGenerator {
  yield chunk
}

t.test('refuses invalid input', async t => {
  const codes: [unknown, string][] = [
    ['no-such-file.wav', 'VOX_INPUT'],
    [import.meta.dirname, 'VOX_INPUT'],
    [new Uint8Array(0), 'VOX_INPUT_EMPTY'],
    [Buffer.from('just some words\n'.repeat(99)), 'VOX_FORMAT_UNKNOWN'],
    [[], 'VOX_INPUT_EMPTY'],
    [[[]], 'VOX_FORMAT'],
    [[5], 'VOX_FORMAT'],
    ...[undefined, null, 5, NaN, {}, () => {}].map(
      input => [input, 'VOX_OPTION'] as [unknown, string],
    ),
    [{ [Symbol.asyncIterator]: 5 }, 'VOX_OPTION'],
    ...[5, null, undefined, 'text', {}, [], [bytes], { sampleRate: NaN }].map(
      chunk => [eachTime(chunk), 'VOX_FORMAT'] as [unknown, string],
    ),
    [Readable.from(['text']), 'VOX_FORMAT'],
    [new PassThrough().destroy(), 'VOX_INPUT'],
    [new Decoder().destroy(), 'VOX_INPUT'],
  ]
  for (const [input, code] of codes)
    t.match((await heard(input as string)).error, { code })
})
