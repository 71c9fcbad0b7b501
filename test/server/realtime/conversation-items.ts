import t, { type Test } from 'tap'
import type { ScriptedRecognizerOptions } from '../../../lib/testing/index.ts'
import { jfkRecognizer, jfkWords } from '../../fixtures/scripted.ts'
import { openServer } from '../../fixtures/local-server.ts'
import { RawRealtime } from '../../fixtures/raw-realtime.ts'
import { pcm24 } from '../../fixtures/served.ts'
import { jfk, jfkText } from '../../fixtures/speech-clips.ts'

const speech = await pcm24(jfk)

/** The answer to the clip, and what the recogniser was asked. */
const hear = async (
  t: Test,
  options: ScriptedRecognizerOptions,
  transcription: object,
  more = {},
) => {
  const recognizer = jfkRecognizer(options)
  const server = await openServer(t, { recognizer })
  const client = new RawRealtime(server.port)
  t.teardown(() => client.close())
  await client.heard('session.created')
  client.update({ transcription, turn_detection: null }, more)
  client.append(speech)
  client.commit()
  const done = await client.heard('.completed')
  t.equal(done['transcript'], jfkText)
  const job = recognizer.jobs.find(({ type }) => type === 'recognize')
  return { done, client, job }
}

const german = { languages: ['de', 'en'], language: 'de' }

t.test('it says which language was heard', async t => {
  const model = 'gpt-transcribe'
  const languages = async (
    options: ScriptedRecognizerOptions,
    more = {},
    name = model,
  ) => (await hear(t, options, { model: name, ...more })).done['languages']
  t.same(await languages(german), [{ code: 'de' }])
  t.same(await languages(german, {}, 'scripted'), [{ code: 'de' }])
  t.same(
    await languages(german, { languages: ['en', 'de'] }),
    [{ code: 'de' }],
    'not those that may be',
  )
  t.same(await languages({ languages: ['de'] }), [{ code: 'de' }])
  const silent = { languages: ['de', 'en'] }
  t.same(await languages(silent), [], 'it does not say')
  t.same(await languages(silent, { language: 'German' }), [{ code: 'de' }])
  t.equal(await languages(german, {}, 'whisper-1'), undefined)
})

t.test('the recogniser is told the language, and keywords', async t => {
  const keywords = ['Americans']
  const options = { ...german, supportsKeywords: true }
  const { job } = await hear(t, options, {
    model: 'gpt-transcribe',
    language: 'german',
    keywords,
  })
  t.match(job, { language: 'de', keywords })
  const asked = await hear(t, german, { model: 'gpt-transcribe', keywords })
  t.same([asked.job?.language, asked.job?.keywords], [undefined, undefined])
})

t.test('a language that it does not know is refused', async t => {
  const server = await openServer(t, { recognizer: jfkRecognizer(german) })
  const client = new RawRealtime(server.port)
  t.teardown(() => client.close())
  await client.heard('session.created')
  client.update({ transcription: { model: 'whisper-1', language: 'fr' } })
  t.match(await client.heard('error'), {
    error: {
      code: 'invalid_value',
      param: 'session.audio.input.transcription.language',
      message: /German and English only: use 'de' or 'en', or leave it out/,
    },
  })
})

t.test('where words have no probability there are no logprobs', async t => {
  const include = ['item.input_audio_transcription.logprobs']
  const words = jfkWords.map(({ text, start, end }) => ({ text, start, end }))
  for (const options of [{ words }, { wordTimes: false }]) {
    const model = 'gpt-4o-transcribe'
    const { client } = await hear(t, options, { model }, { include })
    const told = client.events.filter(event => 'logprobs' in event)
    t.same(told, [], 'none are invented')
    t.ok(client.types.includes('delta'))
  }
})
