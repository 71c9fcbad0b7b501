import t from 'tap'
import { numberedSamples } from '../fixtures/numbered.ts'
import { openServer, openSession as open } from '../fixtures/realtime-client.ts'

const EVENT = 'conversation.item.input_audio_transcription'
const turn = numberedSamples({ frames: 3 })
const pause = new Int16Array(7_200)

const item = (id: unknown) => ({
  id,
  type: 'message',
  status: 'completed',
  role: 'user',
  content: [{ type: 'input_audio', transcript: null }],
})

t.test(
  'session.created has the defaults, session.updated the rest',
  async t => {
    const { dial } = await openServer(t, { maxSessionMs: 90_000 })
    const client = await dial()
    const { session, event_id } = client.events[0]!
    t.match(event_id, /^event_\w{21}$/)
    const { id, expires_at, ...rest } = session as Record<string, unknown>
    t.match(id, /^sess_\w{21}$/)
    t.ok(Math.abs(Number(expires_at) - Date.now() / 1_000 - 90) < 30)
    const input = {
      format: { type: 'audio/pcm', rate: 24_000 },
      transcription: null,
      noise_reduction: null,
      turn_detection: {
        type: 'server_vad',
        threshold: 0.5,
        prefix_padding_ms: 300,
        silence_duration_ms: 200,
      },
    }
    const facts = {
      object: 'realtime.transcription_session',
      type: 'transcription',
    }
    t.same(rest, { ...facts, audio: { input }, include: null })
    const updated = await client.update(
      {
        transcription: { model: 'gpt-4o-mini-transcribe' },
        noise_reduction: { type: 'near_field' },
        turn_detection: { type: 'server_vad', silence_duration_ms: 500 },
      },
      { include: ['item.input_audio_transcription.logprobs'] },
    )
    t.match(updated, { type: 'session.updated', event_id: /^event_\w{21}$/ })
    t.same(updated['session'], {
      id,
      expires_at,
      ...facts,
      audio: {
        input: {
          format: input.format,
          transcription: {
            model: 'gpt-4o-mini-transcribe',
            language: null,
            prompt: null,
          },
          noise_reduction: { type: 'near_field' },
          turn_detection: { ...input.turn_detection, silence_duration_ms: 500 },
        },
      },
      include: ['item.input_audio_transcription.logprobs'],
    })
    t.match(
      await client.update({
        transcription: { prompt: 'Numbers.' },
        turn_detection: { type: 'semantic_vad' },
        noise_reduction: null,
      }),
      {
        session: {
          audio: {
            input: {
              transcription: {
                model: 'gpt-4o-mini-transcribe',
                prompt: 'Numbers.',
              },
              turn_detection: { type: 'semantic_vad', eagerness: 'auto' },
              noise_reduction: null,
            },
          },
        },
      },
      'what is not named stays',
    )
    t.match(
      await client.update({ turn_detection: null, transcription: null }),
      {
        session: {
          audio: { input: { turn_detection: null, transcription: null } },
        },
      },
    )
  },
)

t.test('a turn that server VAD finds', async t => {
  const { client } = await open(
    t,
    'gpt-4o-mini-transcribe',
    {},
    { turn_detection: { type: 'server_vad', prefix_padding_ms: 100 } },
  )
  client.append(pause)
  client.append(turn)
  client.append(pause)
  client.append(turn)
  await client.heard('speech_started', 2)
  t.same(client.types, [
    'session.created',
    'session.updated',
    'input_audio_buffer.speech_started',
    'input_audio_buffer.speech_stopped',
    'input_audio_buffer.committed',
    'conversation.item.added',
    'conversation.item.done',
    'delta',
    'delta',
    'delta',
    'completed',
    'input_audio_buffer.speech_started',
  ])
  const [, , started, stopped, committed, added, done, delta, , , completed] =
    client.events
  const id = started!['item_id']
  t.match(id, /^item_\w{21}$/)
  t.match(started, { audio_start_ms: 200 })
  t.match(stopped, { audio_end_ms: 800, item_id: id })
  t.match(committed, { item_id: id, previous_item_id: null })
  t.match(added, { item: item(id), previous_item_id: null })
  t.match(done, { item: item(id) })
  t.match(delta, {
    item_id: id,
    content_index: 0,
    delta: 'w0',
    obfuscation: /^\w+$/,
  })
  t.match(completed, {
    item_id: id,
    content_index: 0,
    transcript: 'w0 w1 w2',
    usage: { type: 'tokens', output_tokens: 3, input_tokens: 6 },
  })
  const second = client.events.at(-1)!
  t.match(second, { audio_start_ms: 800 }, 'the turn before ends there')
  t.not(second['item_id'], id)
  client.append(pause)
  t.match(await client.heard('committed', 2), {
    item_id: second['item_id'],
    previous_item_id: id,
  })
  t.same(client.texts, ['w0 w1 w2', 'w0 w1 w2'])
})

t.test('a client that commits while VAD hears speech', async t => {
  const { client } = await open(t, 'whisper-1', {}, {})
  client.append(turn)
  client.commit()
  client.commit()
  await client.heard('error')
  t.same(client.types.slice(2), [
    'input_audio_buffer.speech_started',
    'input_audio_buffer.committed',
    'conversation.item.added',
    'conversation.item.done',
    'delta',
    'completed',
    'error',
  ])
  const [, , started, committed] = client.events
  t.equal(started!['item_id'], committed!['item_id'])
  t.match(client.events.at(-1), {
    error: { code: 'input_audio_buffer_commit_empty' },
  })
})

t.test('semantic VAD ends a turn later', async t => {
  const { client } = await open(
    t,
    'gpt-transcribe',
    {},
    { turn_detection: { type: 'semantic_vad', eagerness: 'high' } },
  )
  client.append(turn)
  client.append(new Int16Array(24_000 * 1.9))
  client.append(new Int16Array(24_000 * 0.2))
  t.match(await client.heard('speech_stopped'), { audio_end_ms: 2_300 })
})

const committedFamily = [
  ['gpt-4o-transcribe', ['w0', ' w1', ' w2'], { type: 'tokens' }],
  ['gpt-4o-mini-transcribe', ['w0', ' w1', ' w2'], { type: 'tokens' }],
  ['gpt-transcribe', ['w0', ' w1', ' w2'], { type: 'duration', seconds: 1 }],
  ['whisper-1', ['w0 w1 w2'], { type: 'duration', seconds: 1 }],
] as const

for (const [model, deltas, usage] of committedFamily)
  t.test(`turns of ${model} that the client commits`, async t => {
    const { client } = await open(t, model)
    let previous: unknown = null
    for (const nth of [1, 2]) {
      client.events.length = 0
      client.append(turn)
      client.commit()
      const completed = await client.heard('.completed')
      t.same(client.types, [
        'input_audio_buffer.committed',
        'conversation.item.added',
        'conversation.item.done',
        ...deltas.map(() => 'delta'),
        'completed',
      ])
      const id = client.events[0]!['item_id']
      t.match(client.events[0], { previous_item_id: previous }, `turn ${nth}`)
      t.same(
        client.events
          .filter(({ type }) => type === `${EVENT}.delta`)
          .map(({ delta }) => delta),
        deltas,
      )
      t.match(completed, { item_id: id, transcript: 'w0 w1 w2', usage })
      t.same(
        completed['languages'],
        model === 'gpt-transcribe' ? [] : undefined,
      )
      previous = id
    }
    client.send({ type: 'input_audio_buffer.commit', event_id: 'mine' })
    t.match(await client.heard('error'), {
      error: {
        type: 'invalid_request_error',
        code: 'input_audio_buffer_commit_empty',
        message:
          'Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, but buffer only has 0.00ms of audio.',
        param: null,
        event_id: 'mine',
      },
    })
  })

for (const model of ['gpt-live-transcribe', 'gpt-realtime-whisper'])
  t.test(`${model} answers while one speaks`, async t => {
    const { client } = await open(t, model)
    client.append(numberedSamples({ frames: 6, pauseFrames: 0 }))
    await client.heard('.delta', 5)
    t.same(
      client.types.slice(2),
      Array(5).fill('delta'),
      'all but the last word, and nothing else',
    )
    const id = client.events[2]!['item_id']
    client.commit()
    const completed = await client.heard('.completed')
    t.same(client.types.slice(7), [
      'input_audio_buffer.committed',
      'conversation.item.added',
      'conversation.item.done',
      'delta',
      'completed',
    ])
    t.match(client.events[7], { item_id: id, previous_item_id: null })
    for (const event of client.events)
      if (event.type.startsWith(EVENT)) t.equal(event['item_id'], id)
    t.match(completed, {
      transcript: 'w0 w1 w2 w3 w4 w5',
      usage: { type: 'duration', seconds: 1 },
    })
    const said = client.events
      .map(({ delta }) => (typeof delta === 'string' ? delta : ''))
      .join('')
    t.equal(said, 'w0 w1 w2 w3 w4 w5')
    client.append(turn)
    t.not((await client.heard('.delta', 7))['item_id'], id, 'a turn of its own')
    t.match(await client.update({ turn_detection: { type: 'server_vad' } }), {
      type: 'error',
      error: {
        code: 'invalid_value',
        param: 'session.audio.input.turn_detection',
        message:
          'Turn detection is not supported for this transcription model.',
      },
    })
    client.commit()
    await client.heard('.completed', 2)
  })

t.test('a live model forgets what it has not heard at the commit', async t => {
  const { client } = await open(t, 'gpt-live-transcribe', { liveLagMs: 60_000 })
  client.append(turn)
  client.commit()
  t.match(await client.heard('.completed'), { transcript: '' })
})

t.test('a live model that is given time hears everything', async t => {
  const { client } = await open(t, 'gpt-live-transcribe', { liveLagMs: 1 })
  client.append(turn)
  await client.heard('.delta')
  await new Promise(resolve => setTimeout(resolve, 3))
  client.commit()
  t.match(await client.heard('.completed'), { transcript: 'w0 w1 w2' })
})

t.test('logprobs and languages, where they were asked for', async t => {
  const logprobs = (...tokens: string[]) =>
    tokens.map(token => ({ token, bytes: [...Buffer.from(token)] }))
  const { client } = await open(
    t,
    'gpt-4o-transcribe',
    {},
    { turn_detection: null },
    { include: ['item.input_audio_transcription.logprobs'] },
  )
  client.append(turn)
  client.commit()
  t.match(await client.heard('.completed'), {
    logprobs: logprobs('w0', ' w1', ' w2'),
  })
  t.match(await client.heard('.delta', 2), { logprobs: logprobs(' w1') })
  await client.update({
    transcription: { model: 'gpt-transcribe', languages: ['de', 'en'] },
  })
  client.append(turn)
  client.commit()
  const completed = await client.heard('.completed', 2)
  t.match(completed, { languages: [{ code: 'de' }, { code: 'en' }] })
  t.notOk('logprobs' in completed)
})

t.test('clear forgets what was sent', async t => {
  const { client } = await open(t, 'gpt-live-transcribe')
  client.append(turn)
  client.send({ type: 'input_audio_buffer.clear' })
  client.commit()
  await client.heard('error')
  t.same(client.types.slice(-2), ['input_audio_buffer.cleared', 'error'])
  client.append(turn)
  client.commit()
  await client.heard('.completed')
  t.same(client.texts, ['w0 w1 w2'])
})

t.test('audio may be cut anywhere', async t => {
  const { client } = await open(t, 'gpt-transcribe')
  const bytes = Buffer.from(turn.buffer)
  for (let at = 0; at < bytes.length; at += 997)
    client.send({
      type: 'input_audio_buffer.append',
      audio: bytes.subarray(at, at + 997).toString('base64'),
    })
  client.commit()
  await client.heard('.completed')
  t.same(client.texts, ['w0 w1 w2'])
})

t.test('µ-law and A-law', async t => {
  const heard: string[] = []
  const { client } = await open(
    t,
    'gpt-transcribe',
    {
      transcribe: (audio, { sampleRate }) => {
        heard.push(`${audio.length} at ${sampleRate}: ${audio[0]}`)
        return ''
      },
    },
    { turn_detection: null, format: { type: 'audio/pcmu' } },
  )
  const send = (code: number) => {
    const audio = Buffer.alloc(800, code).toString('base64')
    client.send({ type: 'input_audio_buffer.append', audio })
    client.commit()
  }
  send(0x80)
  await client.heard('.completed')
  await client.update({ format: { type: 'audio/pcma' } })
  send(0xaa)
  await client.heard('.completed', 2)
  t.same(heard, ['800 at 8000: 32124', '800 at 8000: 32256'])
})

t.test('each answer takes its time', async t => {
  const { client } = await open(t, 'whisper-1', {
    answerMs: turn => (turn === 1 ? 60 : 0),
    deltaMs: 1,
    transcribe: async (_, { turn }) => `turn ${turn}`,
  })
  for (let i = 0; i < 3; i++) {
    client.append(turn)
    client.commit()
  }
  await client.heard('.completed', 3)
  t.same(client.texts, ['turn 2', 'turn 3', 'turn 1'])
})
