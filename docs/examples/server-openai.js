import { createReadStream } from 'node:fs'
import OpenAI from 'openai'

const client = new OpenAI({
  baseURL: 'http://127.0.0.1:8642/v1',
  apiKey: 'any',
})

const { text, words } = await client.audio.transcriptions.create({
  file: createReadStream('talk.mp3'),
  model: 'whisper-1',
  response_format: 'verbose_json',
  timestamp_granularities: ['word'],
})
console.log(text)
console.log(`${words.length} words`)

const stream = await client.audio.transcriptions.create({
  file: createReadStream('talk.mp3'),
  model: 'gpt-4o-transcribe',
  stream: true,
})
for await (const event of stream)
  if (event.type === 'transcript.text.delta') process.stdout.write(event.delta)
console.log()
