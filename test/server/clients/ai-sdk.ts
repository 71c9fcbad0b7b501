import { readFileSync } from 'node:fs'
import { createOpenAI } from '@ai-sdk/openai'
import { experimental_transcribe as transcribe } from 'ai'
import t from 'tap'
import { openServer } from '../../fixtures/local-server.ts'
import { jfkWords } from '../../fixtures/scripted.ts'
import { jfk, jfkText } from '../../fixtures/speech-clips.ts'

const { baseURL } = await openServer(t)
const openai = createOpenAI({ baseURL, apiKey: 'any' })
const audio = readFileSync(jfk)

t.test('a transcript with segments', async t => {
  const { text, segments, language, durationInSeconds } = await transcribe({
    model: openai.transcription('whisper-1'),
    audio,
    providerOptions: { openai: { language: 'en' } },
  })
  t.equal(text, jfkText)
  t.equal(segments.map(({ text }) => text.trim()).join(' '), jfkText)
  t.equal(language, 'en')
  t.equal(Math.round(durationInSeconds!), 11)
})

t.test('words', async t => {
  const { segments } = await transcribe({
    model: openai.transcription('scripted'),
    audio,
    providerOptions: { openai: { timestampGranularities: ['word'] } },
  })
  t.same(
    segments,
    jfkWords.map(({ text, start, end }) => ({
      text,
      startSecond: start / 1_000,
      endSecond: end / 1_000,
    })),
    'a segment for each word',
  )
})

for (const model of ['gpt-4o-transcribe', 'gpt-transcribe'])
  t.test(`${model}, with options and without`, async t => {
    const ask = async (providerOptions = {}) =>
      transcribe({
        model: openai.transcription(model),
        audio,
        providerOptions: { openai: providerOptions },
      })
    t.equal((await ask()).text, jfkText)
    // It sends its default for granularities to every model.
    t.equal((await ask({ prompt: 'A speech.' })).text, jfkText)
  })

t.test('reports a refusal', async t => {
  const request = transcribe({
    model: openai.transcription('whisper-1'),
    audio,
    providerOptions: { openai: { language: 'fr' } },
    maxRetries: 0,
  })
  await t.rejects(request, { statusCode: 400, message: /English/ })
})
