import { createReadStream } from 'node:fs'
import OpenAI from 'openai'
import { createServer } from 'voxpipe/server'

const server = createServer({ model: 'tiny', maxUploads: 4 })
await server.ready() // downloads the model if it is missing, and loads it
await server.listen() // on this machine only, at any free port

const client = new OpenAI({ baseURL: server.baseURL, apiKey: 'any' })
const { text } = await client.audio.transcriptions.create({
  file: createReadStream('talk.mp3'),
  model: 'gpt-4o-mini-transcribe',
})
console.log(text)

await server.close() // finishes what is under way first
