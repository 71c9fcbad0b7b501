import { readFile } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { wordsOf } from '../../benchmarks/word-errors.ts'
import { createServer } from '../../lib/server/index.ts'
import { cli } from '../fixtures/cli.ts'
import { heardIn, heardLive } from '../fixtures/heard.ts'
import { formOf, upload } from '../fixtures/local-server.ts'
import { testModels } from '../fixtures/models.ts'
import { RawRealtime } from '../fixtures/raw-realtime.ts'
import { recognises } from '../fixtures/recognised.ts'
import { pcm24 } from '../fixtures/served.ts'
import { jfk, jfkText } from '../fixtures/speech-clips.ts'

/*
 * The server with its own engine. Two decodings of identical samples on one
 * machine are equal.
 */

const modelDir = await testModels()
const server = createServer({ modelDir })
await server.listen()
await server.ready()
t.teardown(() => server.close())

const speech = await pcm24(jfk)
const silence = new Int16Array(24_000)
const spoken = await heardIn(jfk)

t.test('an upload has the words of transcribe()', async t => {
  const file = ['file', await readFile(jfk), 'a.wav'] as const
  for (const model of ['whisper-1', 'moonshine-tiny']) {
    const answer = await upload(server, formOf(['model', model], file))
    t.match(await answer.json(), { text: spoken })
  }
  const stream = await upload(
    server,
    formOf(
      ['model', 'gpt-4o-transcribe'],
      ['stream', 'true'],
      ['include[]', 'logprobs'],
      file,
    ),
  )
  const [last = ''] = (await stream.text()).split('\n\n').slice(-3)
  const { text, logprobs } = JSON.parse(last.replace('data: ', '')) as {
    text: string
    logprobs: { logprob: number }[]
  }
  t.equal(text, spoken)
  t.equal(logprobs.length, wordsOf(spoken).length)
  for (const { logprob } of logprobs) t.ok(logprob <= 0 && logprob > -8)
  t.ok(new Set(logprobs.map(({ logprob }) => logprob)).size > 1)
})

t.test('a session has the turns of LocalTranscriber', async t => {
  const wanted = await heardLive(speech, {
    turnDetection: { type: 'local_vad', shortTurnSilenceMs: 500 },
  })
  const client = new RawRealtime(server.port)
  t.teardown(() => client.close())
  await client.heard('session.created')
  client.update({
    transcription: { model: 'gpt-transcribe' },
    turn_detection: { type: 'server_vad', silence_duration_ms: 500 },
  })
  client.append(speech)
  client.append(silence)
  await client.heard('.completed', wanted.length)
  t.same(client.texts, wanted)
  t.match(await client.heard('.completed'), { languages: [{ code: 'en' }] })
})

t.test('sends text while someone speaks', async t => {
  const client = new RawRealtime(server.port)
  t.teardown(() => client.close())
  await client.heard('session.created')
  const model = 'moonshine-tiny'
  client.update({ transcription: { model }, turn_detection: null })
  client.append(speech.slice(0, 2.5 * 24_000))
  client.append(silence.subarray(12_000))
  await client.heard('.delta')
  client.append(speech.slice(2.5 * 24_000))
  client.commit()
  await client.heard('.completed')
  recognises(t, client.texts[0]!, jfkText)
})

t.test('the command as its client', async t => {
  const env = { OPENAI_BASE_URL: server.baseURL, OPENAI_API_KEY: 'any' }
  const ask = (...args: string[]) =>
    cli([jfk, '--engine', 'openai', ...args], { env })
  for (const args of [['--word-timestamps', '-f', 'vtt']]) {
    const ran = await ask(...args)
    t.equal(ran.code, 0, ran.stderr)
    const words = ran.stdout.replaceAll(/^(WEBVTT|\d+|.* --> .*)$/gm, '')
    t.same(wordsOf(words), wordsOf(spoken), args.join(' '))
  }
  const ran = await ask('--live')
  t.equal(ran.code, 0, ran.stderr)
  recognises(t, ran.stdout, jfkText, 'live')
})

t.test('it ends its engine when it is closed', async () => {
  const handles = (): number =>
    process
      .getActiveResourcesInfo()
      .filter(name => /TCP|Timeout|Immediate|Process|Pipe/.test(name)).length
  const before = handles()
  const own = createServer({ modelDir })
  await own.listen()
  const client = new RawRealtime(own.port)
  await client.heard('session.created')
  const model = 'gpt-live-transcribe'
  client.update({ transcription: { model }, turn_detection: null })
  client.append(speech)
  client.commit()
  client.append(speech)
  await client.heard('committed')
  client.socket.terminate()
  await client.closed
  await own.close()
  // What its last client had is closed a little later.
  while (handles() > before) await nextTurn()
})
