import { createReadStream } from 'node:fs'
import OpenAI from 'openai'
import { createServer } from 'voxpipe/server'

const server = createServer({ model: 'tiny', maxUploads: 4 })
await server.ready() // fetches the model, where it is not there, and loads it
await server.listen() // on this machine alone, at any port that is free

const client = new OpenAI({ baseURL: server.baseURL, apiKey: 'any' })
const { text } = await client.audio.transcriptions.create({
  file: createReadStream('talk.mp3'),
  model: 'gpt-4o-mini-transcribe',
})
console.log(text)

await server.close() // what is under way is finished first
