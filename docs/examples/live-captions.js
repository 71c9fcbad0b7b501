import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { Chunker, Decoder, LocalTranscriber, Resampler } from 'voxpipe'
import { LiveCaptions } from 'voxpipe/captions'

await pipeline(
  createReadStream('talk.wav'), // or any live stream
  new Decoder(),
  new Resampler({ sampleRate: 16_000 }),
  new Chunker({ ms: 50 }),
  new LocalTranscriber({ live: true, model: 'tiny' }),
  new LiveCaptions({ maxLineWidth: 32 }),
  async screens => {
    for await (const { at, lines } of screens)
      console.log(`${(at / 1000).toFixed(1)} s: ${lines.join(' / ')}`)
  },
)
