import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import {
  Chunker,
  Decoder,
  LocalTranscriber,
  Resampler,
  chunksOf,
} from 'voxpipe'

const transcriber = new LocalTranscriber({ turnDetection: 'manual' })
const flow = pipeline(
  createReadStream('talk.wav'),
  new Decoder(),
  new Resampler({ sampleRate: 16_000 }),
  new Chunker({ ms: 1_000 }),
  async chunks => {
    for await (const chunk of chunks) {
      transcriber.write(chunk)
      if (chunk.offset === 2 * 16_000) transcriber.commit() // 3 s are over
    }
    transcriber.commit()
    transcriber.end()
  },
)
for await (const event of chunksOf(transcriber))
  if (event.type === 'final') console.log(`${event.turn}: ${event.text}`)
await flow
