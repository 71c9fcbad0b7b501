import { readFileSync } from 'node:fs'
import { createOpenAI } from '@ai-sdk/openai'
import { experimental_transcribe as transcribe } from 'ai'
import t from 'tap'
import { openServer } from '../../fixtures/local-server.ts'
import { heardIn, sameWords } from '../../fixtures/served.ts'
import { jfk } from '../../fixtures/speech-clips.ts'

const { baseURL } = await openServer(t)
const openai = createOpenAI({ baseURL, apiKey: 'any' })
const audio = readFileSync(jfk)
const spoken = await heardIn(jfk)

t.test('a transcript with segments', async t => {
  const { text, segments, language, durationInSeconds } = await transcribe({
    model: openai.transcription('whisper-1'),
    audio,
    providerOptions: { openai: { language: 'en' } },
  })
  sameWords(t, text, spoken)
  sameWords(t, segments.map(segment => segment.text).join(' '), spoken)
  t.equal(language, 'en')
  t.equal(Math.round(durationInSeconds!), 11)
})

t.test('words', async t => {
  const { segments } = await transcribe({
    model: openai.transcription('moonshine-tiny'),
    audio,
    providerOptions: { openai: { timestampGranularities: ['word'] } },
  })
  sameWords(t, segments.map(segment => segment.text).join(' '), spoken)
  t.ok(segments.length > 20, 'a segment for each word')
})

for (const model of ['gpt-4o-transcribe', 'gpt-transcribe'])
  t.test(`${model}, with options and without`, async t => {
    const ask = async (providerOptions = {}) =>
      transcribe({
        model: openai.transcription(model),
        audio,
        providerOptions: { openai: providerOptions },
      })
    sameWords(t, (await ask()).text, spoken)
    // It sends its default for granularities to every model.
    sameWords(t, (await ask({ prompt: 'A speech.' })).text, spoken)
  })

t.test('a refusal is told', async t => {
  const request = transcribe({
    model: openai.transcription('whisper-1'),
    audio,
    providerOptions: { openai: { language: 'fr' } },
    maxRetries: 0,
  })
  await t.rejects(request, { statusCode: 400, message: /English/ })
})
