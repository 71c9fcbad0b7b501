import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import prism from 'prism-media'
import { Decoder, LocalTranscriber, Resampler } from 'voxpipe'

const opus = { rate: 48_000, channels: 2, frameSize: 960 }
await pipeline(
  createReadStream('talk.opus'),
  new prism.opus.OggDemuxer(), // bytes → Opus packets
  new prism.opus.Decoder(opus), // Opus packets → PCM
  new Decoder({ raw: { encoding: 's16le', sampleRate: 48_000, channels: 2 } }),
  new Resampler({ sampleRate: 16_000 }),
  new LocalTranscriber(),
  async events => {
    for await (const event of events)
      if (event.type === 'final') console.log(event.text)
  },
)
