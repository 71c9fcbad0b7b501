import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { Chunker, Decoder, Resampler, Stage } from 'voxpipe'

/** Measures the loudness of each chunk, in dB below full scale. */
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

await pipeline(
  createReadStream('talk.mp3'),
  new Decoder(),
  new Resampler({ sampleRate: 8_000 }), // and to mono
  new Chunker({ ms: 4_000 }),
  new Loudness(),
  async values => {
    for await (const { at, db } of values)
      console.log(`${at} s: ${db.toFixed(0)} dB`)
  },
)
