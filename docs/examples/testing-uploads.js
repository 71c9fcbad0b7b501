import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { FileTranscriber, openaiClient } from 'voxpipe/openai'
import { SpeechServer } from 'voxpipe/testing'

const server = await SpeechServer.listen({
  transcribe: () => 'Ask not what your country can do for you.',
  // First too many requests, then a stream that breaks off, then as it should be.
  respond: (request, attempt) =>
    [
      { status: 429, headers: { 'retry-after': '0' } },
      { interrupt: { afterEvents: 3, by: 'end' } },
    ][attempt - 1],
})

const client = await openaiClient({ baseURL: server.baseURL, apiKey: 'any' })
await pipeline(
  createReadStream('talk.wav'),
  new FileTranscriber({ client, model: 'gpt-transcribe' }),
  async events => {
    for await (const event of events)
      if (event.type === 'final') console.log(event.text)
  },
)

for (const { status, file, fields } of server.requests)
  console.log(status, file.name, fields.stream)
assert.equal(server.requests.length, 3)
await server.close()
