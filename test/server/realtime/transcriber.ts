import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import OpenAI from 'openai'
import t, { type Test } from 'tap'
import type { FinalEvent } from '../../../lib/core/transcript-event.ts'
import {
  LocalTranscriber,
  type LocalTranscriberOptions,
  Resampler,
  chunksOf,
} from '../../../lib/index.ts'
import {
  RealtimeTranscriber,
  type RealtimeTranscriberOptions,
} from '../../../lib/openai/index.ts'
import { localVad } from '../../../lib/recognizers/local-vad.ts'
import {
  scriptedRecognizer,
  type ScriptedWord,
} from '../../../lib/testing/index.ts'
import { openServer } from '../../fixtures/local-server.ts'
import { scriptOf } from '../../fixtures/scripted.ts'
import { chunks24, pcm24 } from '../../fixtures/served.ts'
import { ownClips } from '../../fixtures/speech-clips.ts'

const clips = await ownClips()

/** A client of a server whose sessions hear the words of a script. */
const serve = async (t: Test, words: readonly ScriptedWord[]) => {
  const recognizer = scriptedRecognizer({ words })
  const { baseURL } = await openServer(t, { recognizer })
  return new OpenAI({ apiKey: 'sk-test', baseURL })
}

const realtime = async (
  t: Test,
  samples: Int16Array,
  options: RealtimeTranscriberOptions,
): Promise<string[]> => {
  const transcriber = new RealtimeTranscriber(options)
  const run = pipeline(Readable.from(chunks24(samples)), transcriber)
  const texts: string[] = []
  let end: unknown
  for await (const event of chunksOf(transcriber)) {
    // A silence at the end of the source may be a turn too.
    if (event.type === 'final' && event.text !== '') texts.push(event.text)
    if (event.type === 'gap' || event.type === 'warning')
      t.fail(`there is a ${event.type}`)
    end = event
  }
  await run
  t.match(end, { type: 'end', complete: true })
  return texts
}

const local = async (
  samples: Int16Array,
  options: LocalTranscriberOptions,
): Promise<FinalEvent[]> => {
  const finals: FinalEvent[] = []
  const resampler = new Resampler({ sampleRate: 16_000 })
  const transcriber = new LocalTranscriber(options)
  const run = pipeline(Readable.from(chunks24(samples)), resampler, transcriber)
  for await (const event of chunksOf(transcriber))
    if (event.type === 'final') finals.push(event)
  await run
  return finals
}

/**
 * The script of what a client sends that finds turns itself: only speech, so
 * it comes earlier than in the source.
 */
const sentOf = async (
  samples: Int16Array,
  words: readonly ScriptedWord[],
): Promise<ScriptedWord[]> => {
  const { voiceActivity } = scriptedRecognizer({ words })
  const detector = localVad({ type: 'local_vad', voiceActivity })(24_000)
  const floats = Float32Array.from(samples, sample => sample / 32_768)
  const marks = [...(await detector.push(floats)), ...(await detector.end())]
  const sent: ScriptedWord[] = []
  let at = 0
  let from = 0
  for (const mark of marks) {
    if (mark.type === 'open') from = mark.from / 24
    if (mark.type !== 'close') continue
    const to = mark.to / 24
    for (const { start, end, ...word } of words)
      if ((start + end) / 2 >= from && (start + end) / 2 < to)
        sent.push({
          ...word,
          start: Math.max(from, start) - from + at,
          end: Math.min(to, end) - from + at,
        })
    at += to - from
    from = to
  }
  return sent
}

for (const clip of clips) {
  const words = scriptOf(clip)
  const recognizer = scriptedRecognizer({ words })
  const { voiceActivity } = recognizer
  const said = words.map(({ text }) => text).join(' ')

  t.test(`${clip.id}: the words that LocalTranscriber hears`, async t => {
    const samples = await pcm24(clip.path)
    const vad = await realtime(t, samples, {
      client: await serve(t, words),
      model: 'gpt-4o-mini-transcribe',
      turnDetection: { type: 'server_vad', silenceDurationMs: 500 },
    })
    const here = await local(samples, {
      recognizer,
      turnDetection: { type: 'local_vad', shortTurnSilenceMs: 500 },
    })
    const texts = (finals: readonly FinalEvent[]) =>
      finals.map(({ text }) => text)
    t.same(vad, texts(here), 'turns found by the server')
    t.equal(vad.join(' '), said)
    const live = texts(await local(samples, { recognizer, live: true }))
    t.equal(live.join(' '), said)
    const client = await serve(t, await sentOf(samples, words))
    for (const model of ['gpt-live-transcribe', 'gpt-transcribe']) {
      const own = await realtime(t, samples, {
        client,
        model,
        turnDetection: { type: 'local_vad', voiceActivity },
      })
      t.same(own, live, `${model}: turns found here`)
    }
  })
}
