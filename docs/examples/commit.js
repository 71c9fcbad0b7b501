import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { Chunker, Decoder, LocalTranscriber, Resampler } from 'voxpipe'

const transcriber = new LocalTranscriber({ turnDetection: { type: 'manual' } })
await pipeline(
  createReadStream('talk.wav'),
  new Decoder(),
  new Resampler({ sampleRate: 16_000 }),
  new Chunker({ ms: 1_000 }),
  async function* (chunks) {
    for await (const chunk of chunks) {
      yield chunk
      if (chunk.offset === 2 * 16_000) transcriber.commit() // 3 s are over
    }
    transcriber.commit()
  },
  transcriber,
  async events => {
    for await (const event of events)
      if (event.type === 'final') console.log(`${event.turn}: ${event.text}`)
  },
)
