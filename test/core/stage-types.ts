import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import t from 'tap'
import {
  CaptionFormatter,
  Chunker,
  Decoder,
  LocalTranscriber,
  Resampler,
  Stage,
  chunksOf,
  transcribe,
  type AudioChunk,
  type TranscriptEvent,
} from '../../lib/index.ts'
import {
  CaptionReader,
  CueMaker,
  HlsCaptions,
  HlsFolder,
  LiveCaptions,
  SpeakerAssigner,
  type Cue,
  type HlsFile,
  type RollUpScreen,
} from '../../lib/captions/index.ts'
import { FileTranscriber, RealtimeTranscriber } from '../../lib/openai/index.ts'

const count = async (items: AsyncIterable<unknown>): Promise<number> => {
  let count = 0
  for await (const _ of items) count++
  return count
}

const wav = resolve(import.meta.dirname, '../../assets/demo.wav')
const srt = ['1\n00:00:01,000 --> 00:00:02,000\nAsk not.\n\n']
const sampleRate = 16_000
const events: TranscriptEvent[] = [
  { type: 'start', schema: 1, engine: 'local', model: 'tiny' },
  { type: 'final', turn: 'turn-1', text: 'Ask not.', start: 0, end: 1_000 },
  { type: 'end', duration: 1_000, complete: true },
]

/** Pipelines of every stage, with a consumer that says what it takes. */
const pipelines = {
  decoder: () =>
    pipeline(
      createReadStream(wav),
      new Decoder(),
      async (chunks: AsyncIterable<AudioChunk>) => count(chunks),
    ),
  resampler: () =>
    pipeline(
      createReadStream(wav),
      new Decoder(),
      new Resampler({ sampleRate }),
      async (chunks: AsyncIterable<AudioChunk>) => count(chunks),
    ),
  chunker: () =>
    pipeline(
      createReadStream(wav),
      new Decoder(),
      new Resampler({ sampleRate }),
      new Chunker(),
      async (chunks: AsyncIterable<AudioChunk>) => count(chunks),
    ),
  captions: () =>
    pipeline(
      events,
      new CaptionFormatter(),
      async (bytes: AsyncIterable<Buffer>) => count(bytes),
    ),
  speakers: () =>
    pipeline(
      events,
      new SpeakerAssigner({ speakers: [] }),
      async (events: AsyncIterable<TranscriptEvent>) => count(events),
    ),
  cues: () =>
    pipeline(events, new CueMaker(), async (cues: AsyncIterable<Cue>) =>
      count(cues),
    ),
  screens: () =>
    pipeline(
      events,
      new LiveCaptions(),
      async (screens: AsyncIterable<RollUpScreen>) => count(screens),
    ),
  reader: () =>
    pipeline(srt, new CaptionReader(), async (cues: AsyncIterable<Cue>) =>
      count(cues),
    ),
  hls: () =>
    pipeline(events, new HlsCaptions(), async (files: AsyncIterable<HlsFile>) =>
      count(files),
    ),
  own: () =>
    pipeline(
      createReadStream(wav),
      new Stage<Uint8Array, Uint8Array>({
        transform: (b, _, done) => done(null, b),
      }),
      async (bytes: AsyncIterable<Uint8Array>) => count(bytes),
      { signal: new AbortController().signal },
    ),
}

for (const [name, run] of Object.entries(pipelines))
  t.test(`a typed pipeline with a consumer: ${name}`, async t => {
    t.ok((await run()) > 0)
  })

type Client = ConstructorParameters<typeof FileTranscriber>[0]['client']

/** These have to compile, or not to, and need a model or a service to run. */
export const compiled = {
  local: () =>
    pipeline(
      createReadStream(wav),
      new Decoder(),
      new Resampler({ sampleRate }),
      new Chunker(),
      new LocalTranscriber(),
      async (events: AsyncIterable<TranscriptEvent>) => {
        for await (const event of events)
          if (event.type === 'final') t.comment(event.text)
      },
    ),
  realtime: (client: Client) =>
    pipeline(
      createReadStream(wav),
      new Decoder(),
      new Resampler({ sampleRate }),
      new RealtimeTranscriber({ client }),
      async (events: AsyncIterable<TranscriptEvent>) => count(events),
    ),
  file: (client: Client) =>
    pipeline(
      createReadStream(wav),
      new FileTranscriber({ client }),
      async (events: AsyncIterable<TranscriptEvent>) => count(events),
    ),
  hls: () =>
    pipeline(transcribe(wav), new HlsCaptions(), new HlsFolder('captions')),
  stream: (): NodeJS.ReadWriteStream => new Decoder(),
  pipe: (): Writable =>
    createReadStream(wav).pipe(new Decoder()).pipe(new Writable()),
  wrong: (warning: TranscriptEvent & { type: 'warning' }) => {
    // @ts-expect-error a Decoder gives AudioChunks, not events
    const events: AsyncIterable<TranscriptEvent> = chunksOf(new Decoder())
    // @ts-expect-error a number is no input
    transcribe(5)
    // @ts-expect-error the code of a warning is one of WarningCode
    const code: 'VOX_NOTHING' = warning.code
    class Narrow extends Stage<Uint8Array, AudioChunk> {
      override read(): AudioChunk | null {
        return null
      }
    }
    // @ts-expect-error a narrower read() keeps a stage out of pipelines
    const narrow: NodeJS.ReadWriteStream = new Narrow()
    return [events, code, narrow]
  },
}
