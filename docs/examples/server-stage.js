import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import {
  Chunker,
  Decoder,
  RealtimeTranscriber,
  Resampler,
  chunksOf,
  openaiClient,
} from 'voxpipe'

const transcriber = new RealtimeTranscriber({
  client: await openaiClient({
    baseURL: 'http://127.0.0.1:8642/v1',
    apiKey: 'any',
  }),
  model: 'gpt-live-transcribe',
})
const flow = pipeline(
  createReadStream('talk.wav'),
  new Decoder(),
  new Resampler({ sampleRate: 24_000 }),
  new Chunker({ ms: 50 }),
  transcriber,
)
for await (const event of chunksOf(transcriber))
  if (event.type === 'final') console.log(event.text)
await flow
