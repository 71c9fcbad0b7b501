import t from 'tap'
import { MoonshineRecognizer } from '../../../lib/recognizers/moonshine/moonshine-recognizer.ts'
import { textOf } from '../../../lib/recognizers/recognizer.ts'
import { testModels } from '../../fixtures/models.ts'
import { jfk, jfkText, samplesOf } from '../../fixtures/speech-clips.ts'
import { recognises } from '../../fixtures/recognised.ts'

const modelDir = await testModels()
const speech = await samplesOf(jfk)
/** “And so my fellow Americans”. */
const phrase = speech.subarray(0, 40_000)

/** For tests that leave it as it was. */
const shared = new MoonshineRecognizer({ modelDir, workers: 1 })
t.teardown(() => shared.close())

t.test('recognises and detects, as many at a time as asked', async t => {
  const recognizer = new MoonshineRecognizer({ modelDir, workers: 2 })
  const [first, second, third, activity] = await Promise.all([
    recognizer.recognize(speech.slice(), { spoken: true }),
    recognizer.recognize(speech.slice(), { spoken: true }),
    recognizer.recognize(speech.slice(), { spoken: true }), // as much as two are loaded for
    recognizer.voiceActivity.detect(speech.slice(0, 512 * 60)),
  ])
  recognises(t, textOf(first), jfkText)
  t.same([second, third], [first, first])
  t.equal(activity.probabilities.length, 60)
  t.ok(Math.max(...activity.probabilities) > 0.9)
  await recognizer.close()
})

t.test('closing refuses a job whose recogniser still loads', async t => {
  const recognizer = new MoonshineRecognizer({ modelDir, workers: 1 })
  const job = recognizer.recognize(speech.slice(), { spoken: true })
  const refused = t.rejects(job, { code: 'VOX_ENGINE_FAILED' })
  await recognizer.ready() // the job has been given to it by now
  await recognizer.close()
  await refused
})

t.test('a state carried on gives what one long run gives', async t => {
  const whole = await shared.voiceActivity.detect(speech.slice(0, 512 * 90))
  const first = await shared.voiceActivity.detect(speech.slice(0, 512 * 31))
  const rest = await shared.voiceActivity.detect(
    speech.slice(512 * 31, 512 * 90),
    {
      ...first,
    },
  )
  t.same(
    [...first.probabilities, ...rest.probabilities],
    [...whole.probabilities],
  )
})

t.test('closing ends what is under way at once', async t => {
  const recognizer = new MoonshineRecognizer({ modelDir, workers: 1 })
  await recognizer.recognize(speech.slice(0, 16_000))
  const running = recognizer.recognize(speech.slice(), { spoken: true })
  const queued = recognizer.recognize(speech.slice(), { spoken: true })
  const refused = [running, queued].map(job =>
    t.rejects(job, { code: 'VOX_ENGINE_FAILED' }),
  )
  await recognizer.ready() // by now the first has been sent
  await recognizer.close()
  await Promise.all(refused)
  await t.rejects(recognizer.recognize(speech.slice(), { spoken: true }), {
    code: 'VOX_ENGINE_FAILED',
  })
})

t.test('an aborted job gives its place to the next', async t => {
  const abort = new AbortController()
  const first = shared.recognize(phrase.slice(), { spoken: true })
  const second = shared.recognize(phrase.slice(), {
    spoken: true,
    signal: abort.signal,
  })
  const third = shared.recognize(phrase.slice(), { spoken: true })
  abort.abort()
  await t.rejects(second, { name: 'AbortError' })
  t.same(await third, await first)
})

t.test('an aborted job does not wait for its turn', async t => {
  const recognizer = new MoonshineRecognizer({ modelDir, workers: 1 })
  const abort = new AbortController()
  const { signal } = abort
  const settled: string[] = []
  const first = recognizer.recognize(speech.slice(), { spoken: true })
  const rest = [
    recognizer.recognize(speech.slice(), { spoken: true, signal, live: true }),
    recognizer.recognizePartial(speech.slice(), { signal }),
    ...Array.from({ length: 20 }, () =>
      recognizer.recognize(speech.slice(), { spoken: true, signal }),
    ),
  ]
  const refused = Promise.all(
    rest.map(async job => {
      await t.rejects(job, { name: 'AbortError' })
      settled.push('aborted')
    }),
  )
  await recognizer.voiceActivity.detect(speech.slice(0, 512)) // by now they have been queued
  abort.abort()
  await Promise.all([refused, first.then(() => settled.push('done'))])
  t.equal(settled.indexOf('done'), rest.length)
  await recognizer.close()
})

t.test('sessions take turns, and live speech goes before files', async t => {
  const moment = speech.slice(0, 16_000)
  await shared.recognize(moment.slice())
  const [file, other, live] = [{}, {}, {}]
  const order: string[] = []
  const ask = async (name: string, session: object, live = false) => {
    await shared.recognize(moment.slice(), { session, live })
    order.push(name)
  }
  await Promise.all([
    ...['f1', 'f2', 'f3'].map(name => ask(name, file)),
    ask('o1', other),
    ...['l1', 'l2'].map(name => ask(name, live, true)),
  ])
  t.same(order, ['f1', 'l1', 'l2', 'f2', 'o1', 'f3'])
})

t.test('a missing model fails the job; the next one tries again', async t => {
  const recognizer = new MoonshineRecognizer({
    modelDir: t.testdir(),
    offline: true,
  })
  const home = process.env['XDG_CACHE_HOME']
  process.env['XDG_CACHE_HOME'] = t.testdir()
  t.teardown(() => {
    if (home === undefined) delete process.env['XDG_CACHE_HOME']
    else process.env['XDG_CACHE_HOME'] = home
  })
  for (let i = 0; i < 2; i++)
    await t.rejects(recognizer.ready(), { code: 'VOX_MODEL_MISSING' })
  await recognizer.close()
})

t.test('options are checked', async t => {
  t.throws(() => new MoonshineRecognizer({ workers: 0 }), {
    code: 'VOX_OPTION',
  })
  t.throws(() => new MoonshineRecognizer({ model: 'x' }), {
    code: 'VOX_MODEL_UNKNOWN',
  })
})
