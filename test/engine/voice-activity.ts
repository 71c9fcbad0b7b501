import { join } from 'node:path'
import t from 'tap'
import type { VadState } from '../../lib/engine/engine-messages.ts'
import { VAD_FRAME } from '../../lib/engine/frame-powers.ts'
import { SileroVad } from '../../lib/engine/silero.ts'
import { VoiceActivity } from '../../lib/engine/voice-activity.ts'
import { ownCache, testModels, vadModel } from '../fixtures/models.ts'
import { closedRegistry } from '../fixtures/registry.ts'
import { jfk, samplesOf } from '../fixtures/speech-clips.ts'

const options = { modelDir: await testModels() }
const speech = (await samplesOf(jfk)).subarray(0, 60 * VAD_FRAME)

t.test('two streams at once hear what one alone would', async t => {
  const vad = await SileroVad.load(await vadModel())
  const backwards = speech.toReversed()
  const expected = await Promise.all(
    [speech, backwards].map(async one => (await vad.detect(one)).probabilities),
  )
  await vad.release()
  t.notSame(expected[0], expected[1])

  const [one, two] = await Promise.all([
    VoiceActivity.acquire(options),
    VoiceActivity.acquire(options),
  ])
  t.equal(one, two, 'one process for both')
  const rate = async (samples: Float32Array): Promise<Float32Array> => {
    const heard = new Float32Array(samples.length / VAD_FRAME)
    let state: VadState | undefined
    for (let at = 0; at < samples.length; at += 4 * VAD_FRAME) {
      const part = samples.subarray(at, at + 4 * VAD_FRAME)
      const result = await one.detect(part, state)
      heard.set(result.probabilities, at / VAD_FRAME)
      state = result.state
    }
    return heard
  }
  t.same(await Promise.all([rate(speech), rate(backwards)]), expected)
  await VoiceActivity.release(options)
  t.same(await rate(speech), expected[0], 'until both have given it back')
  await VoiceActivity.release(options)
  await t.rejects(one.detect(speech), { code: 'VOX_ENGINE_FAILED' })
})

t.test('the next one gets a process of its own', async t => {
  const one = await VoiceActivity.acquire(options)
  await VoiceActivity.release(options)
  const two = await VoiceActivity.acquire(options)
  t.not(one, two)
  const { probabilities } = await two.detect(speech)
  t.equal(probabilities.length, 60)
  await VoiceActivity.release(options)
  await VoiceActivity.release(options)
})

t.test('given back in mid-work, it refuses what it is at', async t => {
  const one = await VoiceActivity.acquire(options)
  const refused = t.rejects(one.detect(speech), { code: 'VOX_ENGINE_FAILED' })
  await VoiceActivity.release(options)
  await refused
})

t.test('one that failed is tried again', async t => {
  const home = t.testdir({})
  const env = {
    XDG_CACHE_HOME: home,
    npm_config_registry: await closedRegistry(),
    npm_config_fetch_retries: '0',
  }
  for (const [name, value] of Object.entries(env)) {
    const before = process.env[name]
    process.env[name] = value
    t.teardown(() => {
      if (before === undefined) delete process.env[name]
      else process.env[name] = before
    })
  }
  const empty = { modelDir: join(home, 'none') }
  const [first, second] = await Promise.allSettled([
    VoiceActivity.acquire(empty),
    VoiceActivity.acquire(empty),
  ])
  const missing = { reason: { code: 'VOX_MODEL_MISSING' } }
  t.match([first, second], [missing, missing])
  await ownCache(home)
  const one = await VoiceActivity.acquire(empty)
  t.equal((await one.detect(speech)).probabilities.length, 60)
  await VoiceActivity.release(empty)
  await t.rejects(one.detect(speech), { code: 'VOX_ENGINE_FAILED' })
})
