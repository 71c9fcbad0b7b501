import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import {
  Chunker,
  Decoder,
  LiveCaptions,
  LocalTranscriber,
  Resampler,
  chunksOf,
} from 'voxpipe'

const captions = new LiveCaptions({ maxLineWidth: 32 })
const flow = pipeline(
  createReadStream('talk.wav'), // or any stream that comes as it is spoken
  new Decoder(),
  new Resampler({ sampleRate: 16_000 }),
  new Chunker({ ms: 50 }),
  new LocalTranscriber({ live: true, model: 'tiny' }),
  captions,
)
for await (const { at, lines } of chunksOf(captions))
  console.log(`${(at / 1000).toFixed(1)} s: ${lines.join(' / ')}`)
await flow
