import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Chunker } from '../dist/transforms/chunker.js'
import { Resampler } from '../dist/transforms/resampler.js'
import { answerCase } from './_util/child.js'
import { speedOf } from './_util/stats.js'
import { tone } from './_util/quality.js'

/** Chunks as a decoder gives them, without the cost of decoding. */
const source = function* (seconds, rate, channels, frames) {
  const samples = Array.from({ length: channels }, () =>
    tone(400, rate, frames),
  )
  for (let offset = 0; offset < seconds * rate; offset += frames)
    yield { sampleRate: rate, channels: samples, offset }
}

await answerCase(async ({ rate, channels, frames, engine, seconds }) => {
  const run = async () => {
    let received = 0
    await pipeline(
      Readable.from(source(seconds, rate, channels, frames)),
      new Resampler({ sampleRate: 16_000, engine }),
      new Chunker(),
      new Writable({
        objectMode: true,
        write(chunk, _, done) {
          received += chunk.channels[0].length
          done()
        },
      }),
    )
    const given = Math.ceil((seconds * rate) / frames) * frames
    if (received !== Math.round((given * 16_000) / rate))
      throw new Error(`${received} frames came out of ${given}`)
  }
  return { speed: await speedOf(seconds, run) }
})
