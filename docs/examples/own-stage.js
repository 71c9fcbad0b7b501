import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { Chunker, Decoder, Resampler, Stage, chunksOf } from 'voxpipe'

/** Tells how loud each chunk is, in dB below full scale. */
class Loudness extends Stage {
  constructor({ signal } = {}) {
    super({ objectMode: true, signal })
  }

  _transform({ sampleRate, channels: [samples], offset }, _, done) {
    let power = 0
    for (const sample of samples) power += sample ** 2 / samples.length
    this.push({ at: offset / sampleRate, db: 10 * Math.log10(power) })
    done()
  }
}

const loudness = new Loudness()
const flow = pipeline(
  createReadStream('talk.mp3'),
  new Decoder(),
  new Resampler({ sampleRate: 8_000 }), // and to mono
  new Chunker({ ms: 4_000 }),
  loudness,
)
for await (const { at, db } of chunksOf(loudness))
  console.log(`${at} s: ${db.toFixed(0)} dB`)
await flow
