import t, { type Test } from 'tap'
import { EngineProcess } from '../../../lib/recognizers/engine/engine-process.ts'
import { MoonshineRecognizer } from '../../../lib/recognizers/moonshine/moonshine-recognizer.ts'
import { SileroActivity } from '../../../lib/recognizers/engine/silero-activity.ts'
import { testModels, vadModel } from '../../fixtures/models.ts'
import { jfk, samplesOf } from '../../fixtures/speech-clips.ts'

const modelDir = await testModels()
const vad = await vadModel()
const speech = await samplesOf(jfk)
const detection = () =>
  ({ type: 'detect', samples: speech.slice(0, 512 * 60) }) as const

t.test(
  'answers jobs in the order in which a thread was given them',
  async t => {
    const engine = new EngineProcess()
    t.teardown(() => engine.close())
    t.ok(engine.use({ vad }))
    const answers = await Promise.all([
      engine.run(0, detection()),
      engine.run(0, detection()),
      engine.run(1, detection()),
    ])
    t.match(answers, [
      { type: 'detected' },
      { type: 'detected' },
      { type: 'detected' },
    ])
    t.same(answers[1], answers[0])
    t.same(answers[2], answers[0])
  },
)

t.test('a job that fails says why, and the next one is done', async t => {
  const engine = new EngineProcess()
  t.teardown(() => engine.close())
  engine.use({ vad: `${vad}.not-there` })
  await t.rejects(engine.run(0, detection()), {
    code: 'VOX_ENGINE_FAILED',
    message: /^the speech engine failed: /,
  })
  engine.use({ vad })
  t.match(await engine.run(1, detection()), { type: 'detected' })
})

/** The processes that are given jobs from now on, in this test. */
const engines = (t: Test): EngineProcess[] => {
  const found: EngineProcess[] = []
  const { prototype } = EngineProcess
  const run = Object.getOwnPropertyDescriptor(prototype, 'run')!
  Object.defineProperty(prototype, 'run', {
    ...run,
    value(this: EngineProcess, ...args: unknown[]) {
      found.push(this)
      return (run.value as (...args: unknown[]) => unknown).apply(this, args)
    },
  })
  t.teardown(() => Object.defineProperty(prototype, 'run', run))
  return found
}

const posix = process.platform === 'win32' ? 'needs signals' : false

t.test('signals for all processes do not end it', { skip: posix }, async t => {
  const engine = new EngineProcess()
  t.teardown(() => engine.close())
  engine.use({ vad })
  await engine.run(0, detection()) // by now it takes signals
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.kill(engine.pid!, signal)
  t.match(await engine.run(0, detection()), { type: 'detected' })
})

t.test('a crash fails what is under way and nothing else', async t => {
  const recognizer = new MoonshineRecognizer({ modelDir, workers: 1 })
  t.teardown(() => recognizer.close())
  const found = engines(t)
  await recognizer.voiceActivity.detect(speech.slice(0, 512))
  const jobs: Promise<unknown>[] = [
    recognizer.recognize(speech.slice(), { spoken: true }),
    recognizer.voiceActivity.detect(speech.slice(0, 512 * 60)),
  ]
  const refused = jobs.map(job =>
    t.rejects(job, {
      code: 'VOX_ENGINE_FAILED',
      message: /ended with SIGKILL; try/,
    }),
  )
  await recognizer.ready()
  process.kill(found[0]!.pid!, 'SIGKILL')
  await Promise.all(refused)
  t.ok(
    (await recognizer.recognize(speech.slice(), { spoken: true })).words
      .length > 0,
  )
  t.not(found.at(-1), found[0])
})

t.test('a detector whose process crashed is started again', async t => {
  const activity = new SileroActivity({ modelDir })
  t.teardown(() => activity.close())
  const found = engines(t)
  await activity.detect(speech.slice(0, 512))
  const refused = t.rejects(activity.detect(speech.slice(0, 512 * 60)), {
    code: 'VOX_ENGINE_FAILED',
  })
  process.kill(found[0]!.pid!, 'SIGKILL')
  await refused
  const { probabilities } = await activity.detect(speech.slice(0, 512 * 2))
  t.equal(probabilities.length, 2)
})
