import { join } from 'node:path'
import t from 'tap'
import { SileroActivity } from '../../../lib/recognizers/engine/silero-activity.ts'
import { SileroVad } from '../../../lib/recognizers/engine/silero.ts'
import {
  type VoiceActivity,
  VAD_FRAME,
} from '../../../lib/recognizers/voice-activity.ts'
import { ownCache, testModels, vadModel } from '../../fixtures/models.ts'
import { useEmptyCache } from '../../fixtures/registry.ts'
import { jfk, samplesOf } from '../../fixtures/speech-clips.ts'

const options = { modelDir: await testModels() }
const speech = (await samplesOf(jfk)).subarray(0, 60 * VAD_FRAME)
const failed = { code: 'VOX_ENGINE_FAILED' }

t.test('two concurrent streams do not influence each other', async t => {
  const vad = await SileroVad.load(await vadModel())
  const backwards = speech.toReversed()
  const expected = await Promise.all(
    [speech, backwards].map(async one => (await vad.detect(one)).probabilities),
  )
  t.notSame(expected[0], expected[1])

  const [one, two] = [new SileroActivity(options), new SileroActivity(options)]
  const rate = async (
    activity: VoiceActivity,
    samples: Float32Array,
  ): Promise<Float32Array> => {
    const heard = new Float32Array(samples.length / VAD_FRAME)
    let state: unknown
    for (let at = 0; at < samples.length; at += 4 * VAD_FRAME) {
      const part = samples.subarray(at, at + 4 * VAD_FRAME)
      const rating = await activity.detect(part, { state })
      heard.set(rating.probabilities, at / VAD_FRAME)
      state = rating.state
    }
    return heard
  }
  t.same(await Promise.all([rate(one, speech), rate(two, backwards)]), expected)
  await one.close()
  t.same(await rate(two, speech), expected[0], 'until both are closed')
  await two.close()
  await t.rejects(two.detect(speech), failed)
})

t.test('the next one gets a process of its own', async t => {
  const one = new SileroActivity(options)
  await one.detect(speech)
  await one.close()
  const two = new SileroActivity(options)
  const { probabilities } = await two.detect(speech)
  t.equal(probabilities.length, 60)
  await two.close()
  await two.close()
})

t.test('close() rejects the running job', async t => {
  const one = new SileroActivity(options)
  await one.detect(speech)
  const refused = t.rejects(one.detect(speech), failed)
  await one.close()
  await refused
})

t.test('starts again after a failure', async t => {
  const home = t.testdir({})
  await useEmptyCache(t, home)
  const empty = { modelDir: join(home, 'none') }
  const [first, second] = [new SileroActivity(empty), new SileroActivity(empty)]
  const missing = { reason: { code: 'VOX_MODEL_MISSING' } }
  t.match(
    await Promise.allSettled([first.detect(speech), second.detect(speech)]),
    [missing, missing],
  )
  await ownCache(home)
  t.equal((await first.detect(speech)).probabilities.length, 60)
  await Promise.all([first.close(), second.close()])
  await t.rejects(first.detect(speech), failed)
})
