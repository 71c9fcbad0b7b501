import { createReadStream } from 'node:fs'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Decoder } from 'voxpipe'

const decoder = new Decoder({ maxDurationMs: 5_000 })
decoder.on('format', format => console.log(format.container, format.codec))
decoder.on('warning', ({ code }) => console.log(code))

let frames = 0
const count = new Writable({
  objectMode: true,
  write(chunk, _, done) {
    frames += chunk.channels[0].length
    setImmediate(() => done()) // until then, voxpipe reads no further
  },
})
await pipeline(createReadStream('talk.wav'), decoder, count, {
  signal: AbortSignal.timeout(60_000),
})
console.log(frames, 'frames')
