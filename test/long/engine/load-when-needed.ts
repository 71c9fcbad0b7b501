import t, { type Test } from 'tap'
import type { EngineMessage } from '../../../lib/recognizers/engine/engine-messages.ts'
import { MoonshineRecognizer } from '../../../lib/recognizers/moonshine/moonshine-recognizer.ts'
import { ForkedModule } from '../../../lib/io/child-process.ts'
import { testModels } from '../../fixtures/models.ts'
import { jfk, samplesOf } from '../../fixtures/speech-clips.ts'

const modelDir = await testModels()
const speech = await samplesOf(jfk)

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
  const recognizer = new MoonshineRecognizer({ modelDir, workers: 2 })
  const moment = speech.slice(0, 16_000)
  await recognizer.voiceActivity.detect(moment.slice())
  t.equal(started(), 2, 'it loads while speech is looked for')
  const file = () => recognizer.recognize(moment.slice(), { spoken: true })
  await Promise.all([file(), file()])
  t.equal(started(), 2)
  const long = () => recognizer.recognize(speech.slice(), { spoken: true })
  await Promise.all([long(), long(), long()])
  t.equal(started(), 3)
  await recognizer.close()
})

t.test('live speech loads all recognisers', async t => {
  const started = threads(t)
  const recognizer = new MoonshineRecognizer({ modelDir, workers: 2 })
  await recognizer.warmUp()
  t.equal(started(), 3)
  await recognizer.close()
})
