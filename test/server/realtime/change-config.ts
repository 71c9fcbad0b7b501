import t, { type Test } from 'tap'
import { atRate, pcm } from '../../fixtures/audio.ts'
import { RawRealtime } from '../../fixtures/raw-realtime.ts'
import { openServer } from '../../fixtures/local-server.ts'
import { jfkPart, jfkRecognizer, jfkWords } from '../../fixtures/scripted.ts'
import { pcm24 } from '../../fixtures/served.ts'
import {
  jfk,
  jfkStart,
  jfkText,
  samplesOf,
} from '../../fixtures/speech-clips.ts'
import type { ScriptedWord } from '../../../lib/testing/index.ts'

const server = await openServer(t)
const speech = await pcm24(jfk)
const RATE = 24_000
const silence = new Int16Array(RATE)

const dial = async (t: Test, { port } = server): Promise<RawRealtime> => {
  const client = new RawRealtime(port)
  t.teardown(() => client.close())
  await client.heard('session.created')
  return client
}

/** A server whose sessions hear the words of a script. */
const hearing = (t: Test, words: readonly ScriptedWord[]) =>
  openServer(t, { recognizer: jfkRecognizer({ words }) })

const manual = (model: string) => ({
  transcription: { model },
  turn_detection: null,
})

const path = 'session.audio.input'

const refused: [what: string, input: object, error: Record<string, unknown>][] =
  [
    [
      'another language',
      { transcription: { model: 'whisper-1', language: 'de' } },
      {
        code: 'invalid_value',
        param: `${path}.transcription.language`,
        message: /English only/,
      },
    ],
    [
      'one language of several',
      { transcription: { model: 'gpt-transcribe', languages: ['en', 'fr'] } },
      { code: 'invalid_value', param: `${path}.transcription.languages` },
    ],
    [
      'who speaks',
      { transcription: { model: 'gpt-4o-transcribe-diarize' } },
      {
        code: 'invalid_value',
        param: `${path}.transcription.model`,
        message: /'scripted'/,
      },
    ],
    [
      'a model that there is not',
      { transcription: { model: 'constructor' } },
      { code: 'invalid_value', param: `${path}.transcription.model` },
    ],
    [
      'turns for a live model',
      { transcription: { model: 'gpt-live-transcribe' } },
      { code: 'invalid_value', param: `${path}.turn_detection` },
    ],
    [
      'audio of 16 kHz',
      { format: { type: 'audio/pcm', rate: 16_000 } },
      { code: 'integer_below_min_value', param: `${path}.format.rate` },
    ],
    [
      'a member that there is not',
      { transcription: { model: 'whisper-1', temperature: 1 } },
      {
        code: 'unknown_parameter',
        param: `${path}.transcription.temperature`,
      },
    ],
  ]

t.test('a refused change changes nothing', async t => {
  const client = await dial(t)
  for (const [i, [what, input, error]] of refused.entries()) {
    client.send({
      type: 'session.update',
      event_id: `update-${i}`,
      session: { type: 'transcription', audio: { input } },
    })
    const told = await client.heard('error', i + 1)
    const type = 'invalid_request_error'
    t.match(told['error'], { ...error, type, event_id: `update-${i}` }, what)
  }
  client.update({})
  const { session } = await client.heard('session.updated')
  t.same(session, client.events[0]!['session'])
})

t.test('English by any name', async t => {
  const client = await dial(t)
  for (const [i, language] of ['en', 'EN-us', 'english', 'eng'].entries()) {
    client.update({ transcription: { model: 'whisper-1', language } })
    await client.heard('session.updated', i + 1)
  }
  client.update({
    transcription: {
      model: 'gpt-transcribe',
      language: null,
      languages: ['en'],
    },
    turn_detection: null,
  })
  await client.heard('session.updated', 5)
})

t.test('another model in mid-turn: nothing is lost', async t => {
  for (const [from, to] of [
    ['whisper-1', 'gpt-transcribe'],
    ['whisper-1', 'gpt-live-transcribe'],
    ['gpt-live-transcribe', 'whisper-1'],
  ] as const) {
    const client = await dial(t)
    client.update(manual(from))
    client.append(speech.slice(0, 4.8 * RATE))
    client.update(manual(to))
    client.append(speech.slice(4.8 * RATE))
    client.commit()
    await client.heard('.completed')
    // The change comes in a pause, so no word is cut.
    t.equal(client.texts[0], jfkText, `${from}, then ${to}`)
  }
})

t.test('a model comes before the commit', async t => {
  const client = await dial(t)
  client.update({ turn_detection: null })
  client.append(speech)
  client.update(manual('whisper-1'))
  client.commit()
  await client.heard('.completed')
  t.equal(client.texts[0], jfkText)
})

t.test('a long pause and another model in mid-turn', async t => {
  const again = jfkPart(0, 11_000, 15_000)
  const client = await dial(t, await hearing(t, [...jfkWords, ...again]))
  client.update(manual('whisper-1'))
  client.append(speech)
  for (let i = 0; i < 4; i++) client.append(silence)
  client.update(manual('gpt-realtime-whisper'))
  client.append(speech)
  client.commit()
  await client.heard('.completed')
  t.equal(client.texts[0], `${jfkText} ${jfkText}`)
})

t.test(
  'the client takes over turn detection in mid-turn, and hands it back',
  async t => {
    const client = await dial(t)
    client.update({ transcription: { model: 'whisper-1' } })
    client.append(speech.slice(0, 1.6 * RATE))
    const { item_id } = await client.heard('speech_started')
    client.update({ turn_detection: null })
    client.append(speech.slice(1.6 * RATE, 2.5 * RATE))
    client.commit()
    const done = await client.heard('.completed')
    t.equal(done['item_id'], item_id, 'it is the same turn')
    t.equal(done['transcript'], jfkStart)
    client.update({
      turn_detection: { type: 'semantic_vad', eagerness: 'high' },
    })
    client.append(speech.slice(2.5 * RATE))
    for (let i = 0; i < 3; i++) client.append(silence)
    await client.heard('.completed', 2)
    t.equal(client.texts.join(' '), jfkText)
    t.same(
      client.types.filter(type => type.includes('speech_')),
      [
        'input_audio_buffer.speech_started',
        'input_audio_buffer.speech_started',
        'input_audio_buffer.speech_stopped',
      ],
    )
  },
)

t.test('telephone audio, and a change of formats in mid-session', async t => {
  const samples = atRate(await samplesOf(jfk), 16_000, 8_000)
  const recognizer = jfkRecognizer({ repeatMs: 11_000 })
  const client = await dial(t, await openServer(t, { recognizer }))
  for (const [i, [type, encoding]] of (
    [
      ['audio/pcmu', 'mulaw'],
      ['audio/pcma', 'alaw'],
      ['audio/pcm', 's16le'],
    ] as const
  ).entries()) {
    client.update({ format: { type }, ...manual('gpt-4o-transcribe') })
    if (type === 'audio/pcm') client.append(speech)
    else client.appendBytes(pcm([samples], encoding))
    client.commit()
    await client.heard('.completed', i + 1)
    t.equal(client.texts[i], jfkText, type)
  }
})
