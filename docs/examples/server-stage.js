import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { Chunker, Decoder, Resampler } from 'voxpipe'
import { RealtimeTranscriber, openaiClient } from 'voxpipe/openai'

const transcriber = new RealtimeTranscriber({
  client: await openaiClient({
    baseURL: 'http://127.0.0.1:8642/v1',
    apiKey: 'any',
  }),
  model: 'gpt-live-transcribe',
})
await pipeline(
  createReadStream('talk.wav'),
  new Decoder(),
  new Resampler({ sampleRate: 24_000 }),
  new Chunker({ ms: 50 }),
  transcriber,
  async events => {
    for await (const event of events)
      if (event.type === 'final') console.log(event.text)
  },
)
