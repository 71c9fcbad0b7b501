import t from 'tap'
import OpenAI from 'openai'
import type { AudioChunk } from '../../../lib/core/audio-chunk.ts'
import {
  MoonshineRecognizer,
  LocalTranscriber,
  type LocalTranscriberOptions,
  RealtimeTranscriber,
  type RealtimeTranscriberOptions,
  Resampler,
  chunksOf,
} from '../../../lib/index.ts'
import type { TranscriptEvent } from '../../../lib/core/transcript-event.ts'
import { wordErrors } from '../../../lib/bench/word-errors.ts'
import { openServer } from '../../fixtures/local-server.ts'
import { ownClips } from '../../fixtures/speech-clips.ts'
import { testModels } from '../../fixtures/models.ts'
import { pcm24, sameWords } from '../../fixtures/served.ts'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

const server = await openServer(t)
const recognizer = new MoonshineRecognizer({ modelDir: await testModels() })
t.teardown(() => recognizer.close())
const client = new OpenAI({ apiKey: 'sk-test', baseURL: server.baseURL })
const clips = await ownClips()

function* chunksAt24(samples: Int16Array): Generator<AudioChunk> {
  for (let offset = 0; offset < samples.length; offset += 2_400)
    yield {
      sampleRate: 24_000,
      channels: [
        Float32Array.from(
          samples.subarray(offset, offset + 2_400),
          sample => sample / 32_768,
        ),
      ],
      offset,
    }
}

const textIn = (events: readonly TranscriptEvent[]): string =>
  events.flatMap(e => (e.type === 'final' ? [e.text] : [])).join(' ')

const realtime = async (
  samples: Int16Array,
  options: Omit<RealtimeTranscriberOptions, 'client'>,
): Promise<TranscriptEvent[]> => {
  const events: TranscriptEvent[] = []
  const transcriber = new RealtimeTranscriber({ client, ...options })
  const run = pipeline(Readable.from(chunksAt24(samples)), transcriber)
  for await (const event of chunksOf(transcriber)) events.push(event)
  await run
  return events
}

const local = async (
  samples: Int16Array,
  options: LocalTranscriberOptions,
): Promise<TranscriptEvent[]> => {
  const events: TranscriptEvent[] = []
  const resampler = new Resampler({ sampleRate: 16_000 })
  const transcriber = new LocalTranscriber({ recognizer, ...options })
  const run = pipeline(
    Readable.from(chunksAt24(samples)),
    resampler,
    transcriber,
  )
  for await (const event of chunksOf(transcriber)) events.push(event)
  await run
  return events
}

for (const { id, path } of clips)
  t.test(`${id}: the words that LocalTranscriber hears`, async t => {
    const samples = await pcm24(path)
    const vad = await realtime(samples, {
      model: 'gpt-4o-mini-transcribe',
      turnDetection: { type: 'server_vad', silenceDurationMs: 500 },
    })
    const here = await local(samples, { shortTurnSilenceMs: 500 })
    // The server resamples and decodes the very samples that are decoded here.
    sameWords(t, textIn(vad), textIn(here), 'turns found by the server')
    const live = await local(samples, { live: true })
    const models = ['gpt-live-transcribe', 'gpt-transcribe']
    for (const model of id === 'jfk' ? models : models.slice(0, 1)) {
      const own = await realtime(samples, { model })
      // Each turn is resampled by itself, so its first and last samples differ
      // a little: enough to turn one word into another, on some processors.
      const wrong = wordErrors(textIn(live), textIn(own))
      t.ok(wrong <= 1, `${model}: turns found here, ${wrong} words differ`)
      t.match(own.at(-1), { type: 'end', complete: true })
    }
  })
