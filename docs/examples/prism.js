import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import prism from 'prism-media'
import { Decoder, LocalTranscriber, Resampler, chunksOf } from 'voxpipe'

const opus = { rate: 48_000, channels: 2, frameSize: 960 }
const transcriber = new LocalTranscriber()
const flow = pipeline(
  createReadStream('talk.opus'),
  new prism.opus.OggDemuxer(), // bytes → Opus packets
  new prism.opus.Decoder(opus), // Opus packets → PCM
  new Decoder({ raw: { encoding: 's16le', sampleRate: 48_000, channels: 2 } }),
  new Resampler({ sampleRate: 16_000 }),
  transcriber,
)
for await (const event of chunksOf(transcriber))
  if (event.type === 'final') console.log(event.text)
await flow
