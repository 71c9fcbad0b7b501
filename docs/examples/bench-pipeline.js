// voxpipe bench latency --pipeline bench-pipeline.js
import { pipeline } from 'node:stream'
import { Chunker, LocalTranscriber } from 'voxpipe'
import { MoonshineRecognizer } from 'voxpipe/recognizers'

const recognizer = new MoonshineRecognizer({ model: 'tiny' }) // serves all clips

// The source: 50 ms AudioChunks of 16 kHz mono, each once it has been spoken.
export default (source, { signal }) =>
  pipeline(
    source,
    new Chunker({ ms: 100 }),
    new LocalTranscriber({ live: true, latency: 'low', recognizer, signal }),
    () => {}, // the reader of the events receives errors
  )
