import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import t from 'tap'
import {
  FileTranscriber,
  RealtimeTranscriber,
  openaiClient,
  type TranscriptEvent,
} from '../../../lib/index.ts'
import { cli } from '../../fixtures/cli.ts'
import { testModels } from '../../fixtures/models.ts'
import { textsOf } from '../../fixtures/run-to-end.ts'
import { openServer } from '../../fixtures/local-server.ts'
import {
  chunks24,
  heardIn,
  heardLive,
  pcm24,
  sameWords,
  textOf,
} from '../../fixtures/served.ts'
import { jfk } from '../../fixtures/speech-clips.ts'
import { recognises } from '../../fixtures/recognised.ts'

const { baseURL } = await openServer(t)
const spoken = await heardIn(jfk)
const client = await openaiClient({ baseURL, apiKey: 'any' })

const speech = await pcm24(jfk)

const gather = (events: TranscriptEvent[]) =>
  async function (source: AsyncIterable<TranscriptEvent>): Promise<void> {
    for await (const event of source) events.push(event)
  }

/** What the local engine makes of the same samples, live. */
const live = textOf(await heardLive(speech))

for (const model of ['whisper-1', 'gpt-4o-transcribe', 'moonshine-tiny'])
  t.test(`FileTranscriber, ${model}`, async t => {
    const events: TranscriptEvent[] = []
    const transcriber = new FileTranscriber({ client, model })
    await pipeline(createReadStream(jfk), transcriber, gather(events))
    sameWords(t, textsOf(events).join(' '), spoken)
    t.match(events.at(-1), { type: 'end', complete: true })
  })

for (const model of ['gpt-live-transcribe', 'gpt-transcribe'])
  t.test(`RealtimeTranscriber, ${model}`, async t => {
    const events: TranscriptEvent[] = []
    const transcriber = new RealtimeTranscriber({
      client,
      model,
      turnDetection: { type: 'local_vad', modelDir: await testModels() },
    })
    await pipeline(Readable.from(chunks24(speech)), transcriber, gather(events))
    recognises(t, textsOf(events).join(' '), live)
    t.match(events.at(-1), { type: 'end', complete: true })
    t.notOk(events.some(({ type }) => type === 'gap' || type === 'warning'))
  })

t.test('the command', async t => {
  const env = { OPENAI_BASE_URL: baseURL, OPENAI_API_KEY: 'any' }
  const ask = (...args: string[]) =>
    cli([jfk, '--engine', 'openai', ...args], { env })
  for (const args of [[], ['-f', 'srt'], ['--word-timestamps', '-f', 'vtt']]) {
    const ran = await ask(...args)
    t.equal(ran.code, 0, ran.stderr)
    const words = ran.stdout.replaceAll(/^(WEBVTT|\d+|.* --> .*)$/gm, '')
    sameWords(t, words, spoken, args.join(' '))
  }
  const ran = await ask('--live')
  t.equal(ran.code, 0, ran.stderr)
  recognises(t, ran.stdout, live, 'live')
})
