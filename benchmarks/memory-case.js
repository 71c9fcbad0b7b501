import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Chunker, Decoder, Resampler } from 'voxpipe'

let duration = 0
await pipeline(
  process.stdin,
  new Decoder(),
  new Resampler({ sampleRate: 16_000 }),
  new Chunker(),
  new Writable({
    objectMode: true,
    write(chunk, _, done) {
      duration = (chunk.offset + chunk.channels[0].length) / 16
      done()
    },
  }),
)
console.log(JSON.stringify({ duration }))
