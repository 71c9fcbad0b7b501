import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import {
  Chunker,
  Decoder,
  LocalTranscriber,
  Resampler,
  chunksOf,
} from 'voxpipe'

const transcriber = new LocalTranscriber({ live: true, model: 'tiny' })
const flow = pipeline(
  createReadStream('talk.wav'), // or any stream that comes as it is spoken
  new Decoder(),
  new Resampler({ sampleRate: 16_000 }),
  new Chunker({ ms: 50 }),
  transcriber,
)
for await (const event of chunksOf(transcriber))
  if (event.type === 'delta') process.stdout.write(event.text)
  else if (event.type === 'final') console.log(`\n= ${event.text}`)
await flow
