import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { Chunker, Decoder, LocalTranscriber, Resampler } from 'voxpipe'
import recognizer from './own-recognizer.js'

await pipeline(
  createReadStream('talk.wav'), // or any live stream
  new Decoder(),
  new Resampler({ sampleRate: 16_000 }),
  new Chunker({ ms: 50 }),
  new LocalTranscriber({ recognizer, live: true }),
  async events => {
    for await (const { type, text } of events)
      if (type === 'delta') process.stdout.write(text)
      else if (type === 'final') console.log(`\n= ${text}`)
  },
)
