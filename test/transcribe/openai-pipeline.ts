import { PassThrough } from 'node:stream'
import { readFileSync } from 'node:fs'
import t from 'tap'
import {
  transcribe,
  type TranscribeOptions,
  type TranscriptEvent,
} from '../../lib/index.ts'
import { openaiClient } from '../../lib/openai/index.ts'
import { scriptedRecognizer, SpeechServer } from '../../lib/testing/index.ts'
import { wav } from '../fixtures/audio.ts'
import { jfkWords } from '../fixtures/scripted.ts'
import { jfk, samplesOf } from '../fixtures/speech-clips.ts'

const recognizer = scriptedRecognizer({ words: jfkWords })
const { voiceActivity } = recognizer
const bytes = readFileSync(jfk)
/** Headerless: 5 s, with two turns in it. */
const pcm = bytes.subarray(44, 44 + 5 * 32_000)
const raw = { encoding: 's16le', sampleRate: 16_000, channels: 1 } as const

const server = await SpeechServer.listen({ transcribe: () => 'It is heard.' })
t.teardown(() => server.close())
const client = await openaiClient({
  apiKey: 'sk-test',
  baseURL: server.baseURL,
})
const openai = { engine: 'openai', client } as const

const heard = async (
  input: Parameters<typeof transcribe>[0],
  options: TranscribeOptions = {},
): Promise<TranscriptEvent[]> => {
  const events: TranscriptEvent[] = []
  for await (const event of transcribe(input, { ...openai, ...options }))
    events.push(event)
  return events
}

t.test('a file and its bytes', async t => {
  for (const input of [jfk, bytes])
    t.equal(await transcribe(input, openai).text(), 'It is heard.')
  const events = await heard(jfk, { wordTimes: true })
  t.match(events[0], { type: 'start', engine: 'openai', model: 'whisper-1' })
  t.match(events[1], { type: 'warning', code: 'VOX_MODEL_ENDING' })
  t.ok(events.some(event => event.type === 'final' && event.words?.length))
  t.match(events.at(-1), { type: 'end', complete: true, duration: 11_000 })
})

t.test('channels apart', async t => {
  const speech = await samplesOf(jfk)
  const late = new Float32Array(speech.length)
  late.set(speech.subarray(0, speech.length - 48_000), 48_000)
  /** Says which of them it hears, by whether it begins with a pause. */
  const own = await SpeechServer.listen({
    transcribe: audio =>
      audio.subarray(0, 30_000).every(sample => sample === 0)
        ? 'The late one.'
        : 'The early one.',
  })
  t.after(() => own.close())
  const { baseURL } = own
  const mine = await openaiClient({ apiKey: 'sk-test', baseURL })
  const channels = 'separate'
  const stereo = wav([speech, late])
  const events = await heard(stereo, { client: mine, channels })
  t.match(events[0], { type: 'start', engine: 'openai' })
  t.match(events.at(-1), { type: 'end', complete: true, duration: 11_000 })
  t.match(
    events.filter(({ type }) => type === 'final'),
    [
      { text: 'The early one.', channel: 0, speaker: 'Channel 1' },
      { text: 'The late one.', channel: 1, speaker: 'Channel 2' },
    ],
  )
  t.equal(own.requests.length, 2)
  const one = await heard(bytes, { client: mine, channels })
  t.match(one[1], { type: 'warning', code: 'VOX_FORMAT' })
  t.match(
    one.filter(({ type }) => type === 'final'),
    [{ text: 'The early one.' }],
  )
})

t.test('live, by the Realtime API', async t => {
  const events = await heard(pcm, {
    raw,
    live: true,
    voiceActivity,
    wordTimes: true,
    language: 'de',
  })
  t.match(events[0], { type: 'start', model: 'gpt-live-transcribe' })
  const told = events.find(({ type }) => type === 'warning')
  t.match(told, { code: 'VOX_OPTION', message: /word times/ })
  const finals = events.filter(({ type }) => type === 'final')
  t.match(finals, [{ text: 'It is heard.' }, { text: 'It is heard.' }])
  t.match(events.at(-1), { type: 'end', complete: true, duration: 5_000 })
})

t.test('stop ends the source, and what came is transcribed', async t => {
  for (const live of [false, true]) {
    const stop = new AbortController()
    const source = new PassThrough()
    source.write(pcm)
    const options = {
      raw,
      live,
      stop: stop.signal,
      ...(live && { voiceActivity }),
    }
    const result = heard(source, options)
    // By then it has taken what there is.
    while (source.readableLength > 0) await new Promise(setImmediate)
    stop.abort()
    const events = await result
    t.match(events.at(-1), { type: 'end', complete: false })
    if (!live) t.ok(events.some(({ type }) => type === 'final'))
  }
})

t.test('an abort throws the reason of the signal', async t => {
  const abort = new AbortController()
  const reason = new Error('enough')
  const source = new PassThrough()
  source.write(bytes)
  const result = heard(source, { signal: abort.signal })
  setImmediate(() => abort.abort(reason))
  await t.rejects(result, reason)
})

t.test('what came before a failure is transcribed', async t => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield bytes
    throw new Error('the line went dead')
  }
  const events: TranscriptEvent[] = []
  try {
    for await (const event of transcribe(broken(), openai)) events.push(event)
    t.fail('the failure is told')
  } catch (error) {
    t.match(error, { message: 'the line went dead' })
  }
  t.match(events.at(-2), { type: 'final', text: 'It is heard.' })
  t.match(events.at(-1), { type: 'end', complete: false })
})

t.test('options of the other engine are refused', async t => {
  const wrong: [TranscribeOptions, string][] = [
    [{ ...openai, recognizer }, 'recognizer'],
    [{ ...openai, live: true, latency: 'low' }, 'latency'],
    [{ ...openai, modelDir: 'models' }, 'modelDir'],
    [{ ...openai, voiceActivity }, 'voiceActivity'],
    [{ ...openai, model: 'gpt-transcribe', wordTimes: true }, 'wordTimes'],
    [{ ...openai, language: 'Klingon!' }, 'language'],
    [{ client }, 'client'],
    [{ prompt: 'x' }, 'prompt'],
    [{ keywords: ['x'] }, 'keywords'],
    [{ engine: 'whisper' as 'local' }, 'engine'],
    [{ ...openai, live: true, channels: 'separate' }, 'channels'],
    [
      {
        ...openai,
        model: 'gpt-4o-transcribe-diarize',
        channels: 'separate',
      },
      'channels',
    ],
    [{ channels: 'both' as 'mix' }, 'channels'],
    [{ speakers: 'talk.rttm' as never }, 'speakers'],
    [{ speakers: [], live: true }, 'speakers'],
  ]
  for (const [options, option] of wrong)
    await t.rejects(transcribe(jfk, options).text(), {
      code: 'VOX_OPTION',
      option,
    })
})
