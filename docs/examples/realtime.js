import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { Chunker, Decoder, Resampler } from 'voxpipe'
import { RealtimeTranscriber, openaiClient } from 'voxpipe/openai'

const transcriber = new RealtimeTranscriber({
  client: await openaiClient(), // or `new OpenAI()`, of the package openai
  model: 'gpt-live-transcribe',
  language: 'en',
  live: true, // the source cannot pause
})
await pipeline(
  createReadStream('talk.wav'), // or any live stream
  new Decoder(),
  new Resampler({ sampleRate: 24_000 }),
  new Chunker({ ms: 50 }),
  transcriber,
  async events => {
    for await (const event of events)
      if (event.type === 'final') console.log(event.text)
      else if (event.type === 'gap') console.log(`[inaudible: ${event.reason}]`)
  },
)
