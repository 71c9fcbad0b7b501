import t, { type Test } from 'tap'
import type { ServerOptions } from '../../../lib/server/index.ts'
import type { PcmEncoding } from '../../../lib/audio/pcm.ts'
import { atRate, jfk as jfkSamples, pcm } from '../../fixtures/audio.ts'
import { RealtimeClient } from '../../fixtures/realtime-client.ts'
import { openServer } from '../../fixtures/local-server.ts'
import { jfkPart, jfkRecognizer } from '../../fixtures/scripted.ts'
import { clientOf, pcm24 } from '../../fixtures/served.ts'
import { jfk, jfkText } from '../../fixtures/speech-clips.ts'

const speech = await pcm24(jfk)
const server = await openServer(t)

/** A client of OpenAI's with a session; `key` is what it has. */
const dial = async (
  t: Test,
  key = 'sk-of-a-test',
  { port } = server,
): Promise<RealtimeClient> => {
  const client = new RealtimeClient(port, key)
  t.teardown(() => client.close())
  await client.heard('session.created')
  return client
}

const transcripts = ({ texts }: RealtimeClient): string => texts.join(' ')

const deltas = ({ events }: RealtimeClient): string =>
  events
    .flatMap(({ type, delta }) =>
      type.endsWith('.delta') ? [String(delta)] : [],
    )
    .join('')

t.test('the server finds the turns', async t => {
  const client = await dial(t)
  await client.update({
    transcription: { model: 'gpt-4o-mini-transcribe', language: 'en' },
    turn_detection: { type: 'server_vad', silence_duration_ms: 500 },
  })
  client.append(speech)
  client.append(new Int16Array(24_000 * 2))
  const last = await client.heard('.completed', 3)
  t.same(
    client.texts,
    [
      'And so my fellow Americans',
      'ask not what your country can do for you,',
      'ask what you can do for your country.',
    ],
    'turn by turn',
  )
  t.equal(deltas(client), client.texts.join(''), 'the deltas make them')
  const starts = client.types.filter(type => type.endsWith('speech_started'))
  t.equal(starts.length, 3)
  t.match(last, { usage: { type: 'tokens' }, content_index: 0 })
})

for (const model of ['whisper-1', 'gpt-4o-transcribe', 'gpt-transcribe'])
  t.test(`${model}: text once the client commits`, async t => {
    const client = await dial(t)
    await client.update({ transcription: { model }, turn_detection: null })
    client.append(speech)
    t.notOk(client.types.includes('delta'))
    client.commit()
    await client.heard('.completed')
    t.equal(transcripts(client), jfkText)
    t.equal(deltas(client), jfkText)
  })

t.test('sends text while someone speaks', async t => {
  const words = [...jfkPart(0, 2_500, 0), ...jfkPart(2_500, 11_000, 3_000)]
  const pausing = await openServer(t, { recognizer: jfkRecognizer({ words }) })
  const speak = async (model: string): Promise<void> => {
    const client = await dial(t, undefined, pausing)
    await client.update({ transcription: { model }, turn_detection: null })
    client.append(speech.slice(0, 2.5 * 24_000))
    client.append(new Int16Array(24_000 / 2))
    const { item_id } = await client.heard('.delta')
    t.notOk(client.types.includes('input_audio_buffer.committed'), model)
    client.append(speech.slice(2.5 * 24_000))
    client.commit()
    const done = await client.heard('.completed')
    t.equal(done['item_id'], item_id)
    t.equal(transcripts(client), jfkText)
  }
  await Promise.all(['gpt-live-transcribe', 'gpt-realtime-whisper'].map(speak))
})

t.test('telephone audio', async t => {
  const call = atRate(jfkSamples(), 16_000, 8_000)
  const hear = async (type: string, encoding: PcmEncoding): Promise<void> => {
    const client = await dial(t)
    const model = 'whisper-1'
    const transcription = { model }
    await client.update({
      format: { type },
      transcription,
      turn_detection: null,
    })
    const audio = pcm([call], encoding).toString('base64')
    client.send({ type: 'input_audio_buffer.append', audio })
    client.commit()
    await client.heard('.completed')
    t.equal(transcripts(client), jfkText, type)
  }
  await hear('audio/pcmu', 'mulaw')
  await hear('audio/pcma', 'alaw')
})

t.test('a key for a browser', async t => {
  const right = 'sk-right-0123456789'
  const options: ServerOptions = { apiKeys: [right] }
  const asks = await openServer(t, options)
  const secret = await clientOf(asks, right).realtime.clientSecrets.create({
    expires_after: { anchor: 'created_at', seconds: 60 },
    session: {
      type: 'transcription',
      audio: {
        input: {
          transcription: { model: 'whisper-1' },
          turn_detection: null,
        },
      },
    },
  })
  t.match(secret, { value: /^ek_\w+$/, session: { type: 'transcription' } })
  const left = secret.expires_at - Date.now() / 1000
  t.ok(left > 0 && left <= 61, 'it lasts a minute')

  const client = await dial(t, secret.value, asks)
  client.append(speech)
  client.commit()
  await client.heard('.completed')
  t.equal(transcripts(client), jfkText, 'with the session it was made for')

  const wrong = new RealtimeClient(asks.port, 'sk-wrong-0123456789')
  const error = await wrong.heard('error')
  t.match(error, { error: { code: 'invalid_api_key' } })
  t.equal((await wrong.closed).code, 3000)
})
