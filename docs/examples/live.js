import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { Chunker, Decoder, LocalTranscriber, Resampler } from 'voxpipe'

await pipeline(
  createReadStream('talk.wav'), // or any live stream
  new Decoder(),
  new Resampler({ sampleRate: 16_000 }),
  new Chunker({ ms: 50 }),
  new LocalTranscriber({ live: true, model: 'tiny' }),
  async events => {
    for await (const event of events)
      if (event.type === 'delta') process.stdout.write(event.text)
      else if (event.type === 'final') console.log(`\n= ${event.text}`)
  },
)
