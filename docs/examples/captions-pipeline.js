import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import {
  CaptionFormatter,
  Chunker,
  Decoder,
  LocalTranscriber,
  Resampler,
} from 'voxpipe'

await pipeline(
  createReadStream('talk.mp3'),
  new Decoder(), // bytes of any container → AudioChunk
  new Resampler({ sampleRate: 16_000 }), // AudioChunk → AudioChunk
  new Chunker({ ms: 50 }), // AudioChunk → AudioChunk of exactly 50 ms
  new LocalTranscriber(), // AudioChunk → TranscriptEvent
  new CaptionFormatter({ format: 'vtt' }), // TranscriptEvent → text
  createWriteStream('talk.vtt'),
)
