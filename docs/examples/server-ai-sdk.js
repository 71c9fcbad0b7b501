import { readFile } from 'node:fs/promises'
import { createOpenAI } from '@ai-sdk/openai'
import { experimental_transcribe as transcribe } from 'ai'

const openai = createOpenAI({
  baseURL: 'http://127.0.0.1:8642/v1',
  apiKey: 'any',
})
const { text, segments } = await transcribe({
  model: openai.transcription('whisper-1'),
  audio: await readFile('talk.mp3'),
  providerOptions: { openai: { timestampGranularities: ['segment'] } },
})
console.log(text)
console.log(`${segments.length} segments`)
