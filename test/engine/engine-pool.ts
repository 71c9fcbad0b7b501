import t, { type Test } from 'tap'
import type { EngineMessage } from '../../lib/engine/engine-messages.ts'
import { EnginePool } from '../../lib/engine/engine-pool.ts'
import { textOf } from '../../lib/engine/heard-words.ts'
import { ForkedModule } from '../../lib/io/forked-module.ts'
import { testModels } from '../fixtures/models.ts'
import { jfk, jfkText, samplesOf } from '../fixtures/speech-clips.ts'
import { wordsOf } from '../../lib/bench/word-errors.ts'

const modelDir = await testModels()
const speech = await samplesOf(jfk)

t.test('recognises and detects, as many at a time as asked', async t => {
  const pool = new EnginePool({ modelDir, workers: 2 })
  const [first, second, third, activity] = await Promise.all([
    pool.recognize(speech.slice(), true),
    pool.recognize(speech.slice(), true),
    pool.recognize(speech.slice(), true), // as much as two are loaded for
    pool.detect(speech.slice(0, 512 * 60)),
  ])
  t.same(wordsOf(textOf(first.words)), wordsOf(jfkText))
  t.same([second, third], [first, first])
  t.equal(activity.probabilities.length, 60)
  t.ok(Math.max(...activity.probabilities) > 0.9)
  await pool.close()
})

/** How many threads were given something so far, in this test. */
const threads = (t: Test): (() => number) => {
  const used = new Set<number>()
  const { prototype } = ForkedModule
  const send = Object.getOwnPropertyDescriptor(prototype, 'send')!
  Object.defineProperty(prototype, 'send', {
    ...send,
    value(this: ForkedModule, message: EngineMessage) {
      if ('thread' in message) used.add(message.thread)
      ;(send.value as ForkedModule['send']).call(this, message)
    },
  })
  t.teardown(() => Object.defineProperty(prototype, 'send', send))
  return () => used.size
}

t.test('a short file loads one recogniser, much of it all', async t => {
  const started = threads(t)
  const pool = new EnginePool({ modelDir, workers: 2 })
  const moment = speech.slice(0, 16_000)
  await pool.detect(moment.slice())
  t.equal(started(), 2, 'it loads while speech is looked for')
  const file = () => pool.recognize(moment.slice(), true)
  await Promise.all([file(), file()])
  t.equal(started(), 2)
  const long = () => pool.recognize(speech.slice(), true)
  await Promise.all([long(), long(), long()])
  t.equal(started(), 3)
  await pool.close()
})

t.test('live speech loads all recognisers', async t => {
  const started = threads(t)
  const pool = new EnginePool({ modelDir, workers: 2 })
  await pool.warmUp()
  t.equal(started(), 3)
  await pool.close()
})

t.test('closing refuses a job whose recogniser still loads', async t => {
  const pool = new EnginePool({ modelDir, workers: 1 })
  const job = pool.recognize(speech.slice(), true)
  const refused = t.rejects(job, { code: 'VOX_ENGINE_FAILED' })
  await pool.ready() // the job has been given to it by now
  await pool.close()
  await refused
})

t.test('a state carried on gives what one long run gives', async t => {
  const pool = new EnginePool({ modelDir, workers: 1 })
  const whole = await pool.detect(speech.slice(0, 512 * 90))
  const first = await pool.detect(speech.slice(0, 512 * 31))
  const rest = await pool.detect(speech.slice(512 * 31, 512 * 90), first.state)
  t.same(
    [...first.probabilities, ...rest.probabilities],
    [...whole.probabilities],
  )
  await pool.close()
})

t.test('closing ends what is under way at once', async t => {
  const pool = new EnginePool({ modelDir, workers: 1 })
  await pool.recognize(speech.slice(0, 16_000), false)
  const running = pool.recognize(speech.slice(), true)
  const queued = pool.recognize(speech.slice(), true)
  const refused = [running, queued].map(job =>
    t.rejects(job, { code: 'VOX_ENGINE_FAILED' }),
  )
  await pool.ready() // by now the first has been sent
  await pool.close()
  await Promise.all(refused)
  await t.rejects(pool.recognize(speech.slice(), true), {
    code: 'VOX_ENGINE_FAILED',
  })
})

t.test('an aborted job gives its place to the next', async t => {
  const pool = new EnginePool({ modelDir, workers: 1 })
  const abort = new AbortController()
  const first = pool.recognize(speech.slice(), true)
  const second = pool.recognize(speech.slice(), true, {
    signal: abort.signal,
  })
  const third = pool.recognize(speech.slice(), true)
  abort.abort()
  await t.rejects(second, { name: 'AbortError' })
  t.same(await third, await first)
  await pool.close()
})

t.test('an aborted job does not wait for its turn', async t => {
  const pool = new EnginePool({ modelDir, workers: 1 })
  const abort = new AbortController()
  const { signal } = abort
  const settled: string[] = []
  const first = pool.recognize(speech.slice(), true)
  const rest = [
    pool.recognize(speech.slice(), true, { signal, live: true }),
    pool.guess(speech.slice(), [], { signal }),
    ...Array.from({ length: 20 }, () =>
      pool.recognize(speech.slice(), true, { signal }),
    ),
  ]
  const refused = Promise.all(
    rest.map(async job => {
      await t.rejects(job, { name: 'AbortError' })
      settled.push('aborted')
    }),
  )
  await pool.detect(speech.slice(0, 512)) // by now they have been queued
  abort.abort()
  await Promise.all([refused, first.then(() => settled.push('done'))])
  t.equal(settled.indexOf('done'), rest.length)
  await pool.close()
})

t.test('sessions take turns, and live speech goes before files', async t => {
  const pool = new EnginePool({ modelDir, workers: 1 })
  const moment = speech.slice(0, 16_000)
  await pool.recognize(moment.slice(), false)
  const [file, other, live] = [{}, {}, {}]
  const order: string[] = []
  const ask = async (name: string, session: object, live = false) => {
    await pool.recognize(moment.slice(), false, { session, live })
    order.push(name)
  }
  await Promise.all([
    ...['f1', 'f2', 'f3'].map(name => ask(name, file)),
    ask('o1', other),
    ...['l1', 'l2'].map(name => ask(name, live, true)),
  ])
  t.same(order, ['f1', 'l1', 'l2', 'f2', 'o1', 'f3'])
  await pool.close()
})

t.test('a missing model fails the job; the next one tries again', async t => {
  const pool = new EnginePool({ modelDir: t.testdir(), offline: true })
  const home = process.env['XDG_CACHE_HOME']
  process.env['XDG_CACHE_HOME'] = t.testdir()
  t.teardown(() => {
    if (home === undefined) delete process.env['XDG_CACHE_HOME']
    else process.env['XDG_CACHE_HOME'] = home
  })
  for (let i = 0; i < 2; i++)
    await t.rejects(pool.ready(), { code: 'VOX_MODEL_MISSING' })
  await pool.close()
})

t.test('options are checked', async t => {
  t.throws(() => new EnginePool({ workers: 0 }), { code: 'VOX_OPTION' })
  t.throws(() => new EnginePool({ model: 'x' }), { code: 'VOX_MODEL_UNKNOWN' })
})
