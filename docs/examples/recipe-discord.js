import { createReadStream } from 'node:fs'
import { compose } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import prism from 'prism-media'
import { Decoder, LocalTranscriber, Resampler } from 'voxpipe'
import { MoonshineRecognizer } from 'voxpipe/recognizers'

const recognizer = new MoonshineRecognizer({ model: 'base' }) // for all speakers

/** Prints what somebody says, from a stream of Opus packets. */
const transcribeSpeaker = (name, packets) =>
  pipeline(
    packets,
    new prism.opus.Decoder({ rate: 48_000, channels: 2, frameSize: 960 }),
    new Decoder({
      raw: { encoding: 's16le', sampleRate: 48_000, channels: 2 },
    }),
    new Resampler({ sampleRate: 16_000 }),
    new LocalTranscriber({ recognizer }),
    async events => {
      for await (const event of events)
        if (event.type === 'final') console.log(`${name}: ${event.text}`)
    },
  )

// In a bot: connection.receiver.subscribe(userId, …), see below.
const packets = compose(
  createReadStream('talk.opus'),
  new prism.opus.OggDemuxer(),
)
await transcribeSpeaker('Ann', packets)
