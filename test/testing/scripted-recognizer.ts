import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import t from 'tap'
import {
  type ScriptedJob,
  scriptedRecognizer,
  type ScriptedRecognizerOptions,
  type ScriptedWord,
} from '../../lib/testing/index.ts'
import {
  type Recognition,
  textOf,
  wordsOf,
} from '../../lib/recognizers/recognizer.ts'
import { cut, loud } from '../fixtures/tones.ts'

const word = (text: string, start: number, end: number): ScriptedWord => ({
  text,
  start,
  end,
})

const three = [
  word('one', 100, 300),
  word('two', 400, 450),
  word('three.', 450, 900),
]

t.test('recognises the words of the script with their times', async t => {
  const probability = 0.7
  const words = [{ ...word('one', 100, 300), probability }, ...three.slice(1)]
  const recognizer = scriptedRecognizer({ words })
  t.same(await recognizer.recognize(loud(1_000)), {
    words: [
      { text: 'one', start: 1_600, end: 4_800, probability },
      { text: 'two', start: 6_400, end: 7_200 },
      { text: 'three.', start: 7_200, end: 14_400 },
    ],
  })
  t.same(
    await recognizer.recognize(loud(500), { offset: 4_800 }),
    {
      words: [
        { text: 'two', start: 1_600, end: 2_400 },
        { text: 'three.', start: 2_400, end: 8_000 },
      ],
    },
    'counted from the offset, within the audio',
  )
})

t.test('joins attached words and reports the language', async t => {
  const words = [
    word('今日', 0, 200),
    { ...word('は', 200, 300), attached: true },
    word('OK', 300, 500),
  ]
  const samples = loud(500)
  const language = 'ja'
  const plain = scriptedRecognizer({ words, wordTimes: false, language })
  t.same(await plain.recognize(samples), { text: '今日は OK', language })
  const timed = await scriptedRecognizer({ words }).recognize(samples)
  t.equal(textOf(timed), '今日は OK')
  t.notOk('language' in timed)
})

t.test('has the capabilities that are asked for', async t => {
  const plain = scriptedRecognizer()
  t.match(plain, { model: 'scripted', supportsKeywords: false, size: 1 })
  t.equal(plain.languages, undefined)
  t.type(plain.recognizePartial, 'function')
  t.equal(plain.open, undefined)
  const none = scriptedRecognizer({ live: 'none' })
  t.same([none.recognizePartial, none.open], [undefined, undefined])
  const full = {
    model: 'x',
    languages: ['de'],
    supportsKeywords: true,
    size: 4,
  }
  const all = scriptedRecognizer({ ...full, live: 'stream' })
  t.match(all, full)
  t.equal(all.recognizePartial, undefined)
  t.type(all.open, 'function')
})

t.test('transcribes what has been said so far', async t => {
  const { recognizePartial } = scriptedRecognizer({ words: three })
  const samples = loud(1_000)
  const texts: string[] = []
  for (const ms of [150, 250, 440, 600, 800])
    texts.push(
      textOf(await recognizePartial!(samples.subarray(0, ms * 16), {})),
    )
  t.same(texts, ['', 'one', 'one two', 'one two', 'one two three.'])
})

t.test('streams what has been said so far', async t => {
  const recognizer = scriptedRecognizer({ words: three, live: 'stream' })
  const samples = loud(1_000)
  const stream = recognizer.open!({ offset: 0 })
  const heard: Recognition[] = []
  for (const part of cut(samples, [150 * 16, 290 * 16]))
    heard.push(await stream.push(part))
  t.same(heard.map(textOf), [
    '',
    'one two',
    'one two',
    'one two three.',
    'one two three.',
  ])
  const end = await stream.end()
  t.same(end, await recognizer.recognize(samples))
  t.same(
    recognizer.jobs.map(({ type, number, length }) => [type, number, length]),
    [
      ['push', 1, 2_400],
      ['push', 2, 4_640],
      ['push', 3, 2_400],
      ['push', 4, 4_640],
      ['push', 5, 1_920],
      ['end', 1, 0],
      ['recognize', 1, 16_000],
    ],
  )
})

t.test('keeps a list of its jobs, and none of their audio', async t => {
  const seen: [ScriptedJob, Float32Array][] = []
  const recognizer = scriptedRecognizer({
    words: three,
    supportsKeywords: true,
    onJob: (job, samples) => void seen.push([job, samples]),
  })
  const session = {}
  const keywords = ['Kennedy']
  const samples = loud(512)
  const asked = { session, keywords, language: 'en', offset: 5 }
  await recognizer.ready()
  t.notOk(recognizer.warm)
  await recognizer.warmUp()
  t.ok(recognizer.warm)
  await recognizer.voiceActivity.detect(samples, { session, offset: 5 })
  await recognizer.recognize(samples, { ...asked, live: true, spoken: true })
  await recognizer.recognizePartial!(samples, asked)
  await recognizer.recognize(samples)
  t.same(
    seen.map(([job]) => job),
    recognizer.jobs,
  )
  const length = 8_192
  t.strictSame(recognizer.jobs, [
    { type: 'ready', number: 1, length: 0 },
    { type: 'warm-up', number: 1, length: 0 },
    { session, offset: 5, type: 'detect', number: 1, length },
    {
      ...asked,
      live: true,
      spoken: true,
      type: 'recognize',
      number: 1,
      length,
    },
    { ...asked, type: 'partial', number: 1, length },
    { type: 'recognize', number: 2, length },
  ])
  t.equal(seen[2]![1], samples, 'the audio is given to onJob')
})

t.test('fails as it is told to, and goes on', async t => {
  const recognizer = scriptedRecognizer({
    words: three,
    onJob: ({ type, number, offset }) => {
      if (type === 'ready') throw new Error('not ready')
      if (type === 'recognize' && number === 2) throw new Error('at once')
      if (offset === 1) return Promise.reject(new Error('later'))
      return undefined
    },
  })
  const samples = loud(512)
  await t.rejects(recognizer.ready(), { message: 'not ready' })
  await recognizer.recognize(samples)
  await t.rejects(recognizer.recognize(samples), { message: 'at once' })
  await t.rejects(recognizer.recognizePartial!(samples, { offset: 1 }), {
    message: 'later',
  })
  await t.rejects(recognizer.voiceActivity.detect(samples, { offset: 1 }), {
    message: 'later',
  })
  t.equal(textOf(await recognizer.recognize(samples)), 'one two')
})

t.test('is as slow as it is told to be', async t => {
  let resolve = (): void => {}
  const promise = new Promise<void>(done => (resolve = done))
  const recognizer = scriptedRecognizer({
    words: three,
    onJob: ({ number }) => (number === 1 ? promise : undefined),
  })
  const done: string[] = []
  const samples = loud(512)
  const first = recognizer.recognize(samples).then(() => done.push('first'))
  await recognizer.recognize(samples).then(() => done.push('second'))
  await turnOfTheLoop()
  t.same(done, ['second'])
  resolve()
  await first
  t.same(done, ['second', 'first'])
})

t.test('a signal ends a job, whether it waits or has yet to begin', async t => {
  const told: Error[] = []
  const tell = (warning: Error): void => void told.push(warning)
  process.on('warning', tell)
  t.teardown(() => process.off('warning', tell))
  const recognizer = scriptedRecognizer({
    words: three,
    live: 'stream',
    onJob: () => new Promise(() => {}),
  })
  const abort = new AbortController()
  const { signal } = abort
  const reason = new Error('enough')
  const samples = loud(512)
  const stream = recognizer.open!({ signal })
  const jobs: Promise<unknown>[] = [
    stream.push(samples),
    recognizer.voiceActivity.detect(samples, { signal }),
    ...Array.from({ length: 20 }, () =>
      recognizer.recognize(samples, { signal }),
    ),
  ]
  abort.abort(reason)
  for (const job of jobs) await t.rejects(job, reason)
  const count = recognizer.jobs.length
  await t.rejects(stream.push(samples), reason)
  await t.rejects(recognizer.recognize(samples, { signal }), reason)
  t.equal(recognizer.jobs.length, count, 'none has begun')
  await turnOfTheLoop()
  t.same(told, [], 'many jobs may share a signal')
})

t.test('a closed one fails what it is doing, and what comes', async t => {
  const code = 'VOX_ENGINE_FAILED'
  const recognizer = scriptedRecognizer({
    words: three,
    onJob: () => new Promise(() => {}),
  })
  const samples = loud(512)
  const jobs: Promise<unknown>[] = [
    recognizer.recognize(samples),
    recognizer.voiceActivity.detect(samples),
  ]
  t.notOk(recognizer.closed)
  await recognizer.close()
  await recognizer.close()
  t.ok(recognizer.closed)
  for (const job of jobs) await t.rejects(job, { code, message: /closed/ })
  await t.rejects(recognizer.recognize(samples), { code })
  await t.rejects(recognizer.ready(), { code })
  await t.rejects(recognizer.recognizePartial!(samples, {}), { code })
})

t.test('refuses what breaks the contract of a recogniser', async t => {
  const code = 'VOX_ENGINE_FAILED'
  const recognizer = scriptedRecognizer({ words: three })
  const { voiceActivity } = recognizer
  const long = loud(15_001)
  await t.rejects(recognizer.recognize(long), { code, message: /240016/ })
  await t.rejects(recognizer.recognizePartial!(long, {}), { code })
  await t.rejects(voiceActivity.detect(loud(33)), { code, message: /528/ })
  await t.rejects(voiceActivity.detect(loud(17_024)), { code })
  const { state } = await voiceActivity.detect(loud(32), { offset: 512 })
  await voiceActivity.detect(loud(32), { state, offset: 1_024 })
  await t.rejects(voiceActivity.detect(loud(32), { state, offset: 512 }), {
    code,
    message: /state/,
  })
  const { open } = scriptedRecognizer({ words: three, live: 'stream' })
  const stream = open!({})
  const first = stream.push(loud(100))
  const early = [stream.push(loud(100)), stream.end()]
  for (const call of early) await t.rejects(call, { code, message: /early/ })
  await first
  t.equal(wordsOf(await stream.end()).length, 0)
  await t.rejects(stream.push(loud(100)), { code, message: /after end/ })
  const endless = open!({})
  for (let i = 0; i < 15; i++) await endless.push(loud(1_000))
  await t.rejects(endless.push(loud(1)), { code })
})

t.test('options are checked', async t => {
  const wrong: [ScriptedRecognizerOptions, string][] = [
    [{ words: [word('a', -1, 2)] }, 'words[0].start'],
    [{ words: [word('a', 0, 2), word('b', 5, 4)] }, 'words[1].end'],
    [{ words: [word('a', 9, 12), word('b', 5, 14)] }, 'words[1].start'],
    [{ words: three, repeatMs: 800 }, 'repeatMs'],
    [{ repeatMs: 1_000 }, 'repeatMs'],
    [{ size: 0 }, 'size'],
    [{ live: 'no' as 'none' }, 'live'],
  ]
  for (const [options, option] of wrong)
    t.throws(() => scriptedRecognizer(options), { code: 'VOX_OPTION', option })
})
