import t, { type Test } from 'tap'
import { RawRealtime } from '../../fixtures/raw-realtime.ts'
import {
  RealtimeClient,
  type WireEvent,
} from '../../fixtures/realtime-client.ts'
import { openServer } from '../../fixtures/local-server.ts'
import { jfkPart, jfkRecognizer, jfkWords } from '../../fixtures/scripted.ts'
import { pcm24 } from '../../fixtures/served.ts'
import { jfk, jfkStart } from '../../fixtures/speech-clips.ts'

const server = await openServer(t)
const speech = await pcm24(jfk)
const RATE = 24_000
const silence = (ms: number): Int16Array => new Int16Array((RATE * ms) / 1_000)
/** “And so my fellow Americans”, and what is left. */
const phrase = speech.slice(0, 2.5 * RATE)
const rest = speech.slice(2.5 * RATE)

type Client = RawRealtime | RealtimeClient

const clients: Record<string, () => Client> = {
  ws: () => new RawRealtime(server.port),
  openai: () => new RealtimeClient(server.port, 'sk-test'),
}

/** A session with some settings. */
const dial = async (
  t: Test,
  model: string | undefined,
  turns: object | null,
  more = {},
  open = clients['ws']!,
): Promise<Client> => {
  const client = open()
  t.teardown(() => client.close())
  await client.heard('session.created')
  void client.update(
    { ...(model && { transcription: { model } }), turn_detection: turns },
    more,
  )
  await client.heard('session.updated')
  return client
}

const vad = { type: 'server_vad', silence_duration_ms: 400 }
const PREFIX = 'conversation.item.input_audio_transcription.'
const LOGPROBS = { include: ['item.input_audio_transcription.logprobs'] }

/** The members of each event, beside `type` and `event_id`. */
const members: Record<string, string[]> = {
  'session.created': ['session'],
  'session.updated': ['session'],
  'input_audio_buffer.speech_started': ['audio_start_ms', 'item_id'],
  'input_audio_buffer.speech_stopped': ['audio_end_ms', 'item_id'],
  'input_audio_buffer.committed': ['item_id', 'previous_item_id'],
  'input_audio_buffer.cleared': [],
  'conversation.item.added': ['item', 'previous_item_id'],
  'conversation.item.done': ['item', 'previous_item_id'],
  [`${PREFIX}delta`]: ['content_index', 'delta', 'item_id', 'obfuscation'],
  [`${PREFIX}completed`]: ['content_index', 'item_id', 'transcript', 'usage'],
  error: ['error'],
}

const item = (id: unknown) => ({
  id,
  type: 'message',
  status: 'completed',
  role: 'user',
  content: [{ type: 'input_audio', transcript: null }],
})

/**
 * Events as `type` and the running number of their item; many deltas of one
 * item count as one. What every event must have is checked on the way.
 */
const sequenceOf = (
  t: Test,
  { events }: Client,
  extra: Record<string, string[]> = {},
): string[] => {
  const items: unknown[] = []
  const ids = new Set<unknown>()
  const place = (id: unknown): string => {
    if (id === null) return '0'
    if (!items.includes(id)) items.push(id)
    return String(items.indexOf(id) + 1)
  }
  const told = events.map(event => {
    const { type, event_id: id, ...facts } = event
    t.match(id, /^event_[0-9A-Za-z]{21}$/)
    t.notOk(ids.has(id))
    ids.add(id)
    const wanted = [...members[type]!, ...(extra[type] ?? [])]
    t.same(Object.keys(facts).toSorted(), wanted.toSorted(), type)
    const { item_id, previous_item_id: before } = event
    const itemId = item_id ?? (event['item'] as { id: string } | undefined)?.id
    if (event['item']) t.same(event['item'], item(itemId))
    if (itemId === undefined) return type
    t.match(itemId, /^item_[0-9A-Za-z]{21}$/)
    const short = type.replace(PREFIX, '').replace('input_audio_buffer.', '')
    const link = before === undefined ? '' : ` after ${place(before)}`
    return `${short} ${place(itemId)}${link}`
  })
  return told.filter(
    (name, i) => !name.startsWith('delta') || name !== told[i - 1],
  )
}

const committed = (item: number): string[] => [
  `committed ${item} after ${item - 1}`,
  `conversation.item.added ${item} after ${item - 1}`,
  `conversation.item.done ${item} after ${item - 1}`,
]
const answered = (item: number): string[] => [
  `delta ${item}`,
  `completed ${item}`,
]
const begin = ['session.created', 'session.updated']

const deltasOf = ({ events }: Client): string[] =>
  events
    .filter(({ type }) => type === `${PREFIX}delta`)
    .map(({ delta }) => String(delta))

const last = ({ events }: Client): WireEvent => events.at(-1)!

/** What completions of a model have beside what all have. */
const extraOf: Record<string, string[]> = {
  'gpt-transcribe': ['languages'],
  'gpt-live-transcribe': ['languages'],
  scripted: ['languages'],
}

for (const [name, open] of Object.entries(clients)) {
  const some = name === 'openai'
  for (const model of some
    ? ['gpt-4o-mini-transcribe']
    : ['gpt-4o-transcribe', 'gpt-4o-mini-transcribe-2025-12-15'].concat([
        'gpt-transcribe',
        'whisper-1',
      ]))
    t.test(`${name}: ${model}, turns found by the server`, async t => {
      const client = await dial(t, model, vad, {}, open)
      client.append(phrase)
      client.append(silence(1_000))
      await client.heard('.completed')
      const extra = { [`${PREFIX}completed`]: extraOf[model] ?? [] }
      t.same(sequenceOf(t, client, extra), [
        ...begin,
        'speech_started 1',
        'speech_stopped 1',
        ...committed(1),
        ...answered(1),
      ])
      t.equal(client.texts[0], jfkStart)
      t.equal(deltasOf(client).join(''), client.texts[0])
      const pieces = client.texts[0]!.split(' ').length
      t.equal(deltasOf(client).length, model === 'whisper-1' ? 1 : pieces)
      const { audio_start_ms: from } = await client.heard('speech_started')
      const { audio_end_ms: to } = await client.heard('speech_stopped')
      t.equal(from, 0, 'with its prefix')
      t.equal(to, 71 * 32 + 400, 'with its silence, from the next frame on')
      if (model.startsWith('gpt-4o'))
        t.match(last(client), {
          usage: { type: 'tokens', output_tokens: pieces },
        })
      else
        t.same(last(client)['usage'], {
          type: 'duration',
          seconds: Math.ceil((Number(to) - Number(from)) / 1_000),
        })
      if (model === 'gpt-transcribe')
        t.same(last(client)['languages'], [{ code: 'en' }])
    })

  for (const model of some
    ? ['whisper-1']
    : ['gpt-4o-mini-transcribe', 'gpt-transcribe'])
    t.test(`${name}: ${model}, turns of the client`, async t => {
      const client = await dial(t, model, null, {}, open)
      client.append(phrase)
      client.commit()
      await client.heard('.completed')
      client.append(rest)
      client.commit()
      await client.heard('.completed', 2)
      const extra = { [`${PREFIX}completed`]: extraOf[model] ?? [] }
      t.same(sequenceOf(t, client, extra), [
        ...begin,
        ...committed(1),
        ...answered(1),
        ...committed(2),
        ...answered(2),
      ])
      t.equal(deltasOf(client).join(''), client.texts.join(''))
    })

  for (const model of some
    ? ['gpt-live-transcribe']
    : ['gpt-realtime-whisper', 'scripted'])
    t.test(`${name}: ${model}, text while somebody speaks`, async t => {
      const client = await dial(t, model, null, {}, open)
      client.append(phrase)
      client.append(silence(500))
      await client.heard('.delta')
      client.commit()
      await client.heard('.completed')
      const extra = { [`${PREFIX}completed`]: extraOf[model] ?? [] }
      t.same(
        sequenceOf(t, client, extra).filter(
          (name, i) => i !== 6 || name !== 'delta 1',
        ),
        [...begin, 'delta 1', ...committed(1), 'completed 1'],
      )
      t.equal(client.texts[0], jfkStart)
      t.ok(deltasOf(client).join('').startsWith('And so'))
    })
}

t.test(
  'own name: the server finds turns, text while somebody speaks',
  async t => {
    const patient = { ...vad, silence_duration_ms: 1_500 }
    const client = await dial(t, 'scripted', patient, LOGPROBS)
    client.append(phrase)
    client.append(silence(500))
    await client.heard('.delta')
    client.append(silence(1_500))
    await client.heard('.completed')
    t.same(
      sequenceOf(t, client, {
        [`${PREFIX}completed`]: ['logprobs', 'languages'],
      }).slice(0, 4),
      [...begin, 'speech_started 1', 'delta 1'],
    )
    t.equal(client.texts[0], jfkStart)
  },
)

t.test('how likely each word is', async t => {
  const client = await dial(t, 'gpt-4o-transcribe', null, LOGPROBS)
  client.append(phrase)
  client.commit()
  const { logprobs, transcript } = await client.heard('.completed')
  const told = logprobs as { token: string; logprob: number; bytes: number[] }[]
  t.equal(told.map(({ token }) => token).join(''), transcript)
  t.equal(
    Buffer.from(told.flatMap(({ bytes }) => bytes)).toString(),
    transcript,
  )
  t.same(
    told.map(({ logprob }) => logprob),
    jfkWords.slice(0, 5).map(({ probability }) => Math.log(probability!)),
  )
  const extra = {
    [`${PREFIX}completed`]: ['logprobs'],
    [`${PREFIX}delta`]: ['logprobs'],
  }
  t.same(sequenceOf(t, client, extra), [
    ...begin,
    ...committed(1),
    ...answered(1),
  ])
  const deltas = client.events.filter(({ type }) => type.endsWith('.delta'))
  t.same(
    deltas.flatMap(event => event['logprobs']),
    logprobs,
  )
})

t.test('without a model, turns are found and nothing is said', async t => {
  const client = new RawRealtime(server.port)
  t.teardown(() => client.close())
  client.socket.once('open', () => {
    client.append(phrase)
    client.append(silence(600))
    client.update({ turn_detection: null })
    client.append(silence(200))
    client.commit()
  })
  await client.heard('conversation.item.done', 2)
  t.same(sequenceOf(t, client), [
    'session.created',
    'speech_started 1',
    'speech_stopped 1',
    ...committed(1),
    'session.updated',
    ...committed(2),
  ])
})

t.test('a commit while somebody speaks', async t => {
  const words = [...jfkPart(0, 1_700, 0), ...jfkPart(2_500, 11_000, 1_600)]
  const own = await openServer(t, { recognizer: jfkRecognizer({ words }) })
  const open = () => new RawRealtime(own.port)
  const client = await dial(t, 'gpt-4o-mini-transcribe', vad, {}, open)
  client.append(phrase.slice(0, 1.6 * RATE))
  await client.heard('speech_started')
  client.commit()
  await client.heard('.completed')
  client.append(rest)
  client.append(silence(1_000))
  await client.heard('speech_started', 2)
  t.same(sequenceOf(t, client).slice(0, 9), [
    ...begin,
    'speech_started 1',
    ...committed(1),
    ...answered(1),
    'speech_started 2',
  ])
  await client.heard('.completed', 2)
  t.same(client.texts.slice(0, 2), [
    'And so my fellow',
    'ask not what your country can do for you,',
  ])
})

t.test('a commit after a turn that ended on its own', async t => {
  const client = await dial(t, 'whisper-1', { ...vad, prefix_padding_ms: 0 })
  client.append(phrase)
  client.append(silence(1_000))
  client.commit()
  await client.heard('.completed')
  t.match(await client.heard('error'), {
    error: { code: 'input_audio_buffer_commit_empty' },
  })
  t.equal(client.texts.length, 1)
})

t.test('refuses a commit of too little audio', async t => {
  for (const turns of [null, vad]) {
    const client = await dial(t, 'whisper-1', turns)
    client.commit()
    t.match(await client.heard('error'), {
      error: {
        type: 'invalid_request_error',
        code: 'input_audio_buffer_commit_empty',
        message:
          'Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, but buffer only has 0.00ms of audio.',
        param: null,
        event_id: null,
      },
    })
    client.append(silence(50))
    client.commit()
    const { error } = await client.heard('error', 2)
    t.match(error, { message: /only has 50.00ms of audio/ })
    client.append(silence(50))
    client.commit()
    const { transcript, usage } = await client.heard('.completed')
    t.equal(transcript, '', 'silence is a turn too')
    t.same(usage, { type: 'duration', seconds: 1 })
    t.notOk(client.types.includes('delta'))
  }
})

t.test('clears audio', async t => {
  for (const turns of [null, vad]) {
    const client = await dial(t, 'gpt-4o-mini-transcribe', turns)
    client.append(phrase)
    if (turns) await client.heard('speech_started')
    client.send({ type: 'input_audio_buffer.clear' })
    client.commit()
    await client.heard('error')
    client.append(silence(500))
    client.append(speech.slice(3 * RATE, 4.6 * RATE))
    client.append(silence(1_000))
    if (!turns) client.commit()
    await client.heard('.completed')
    t.same(client.texts, ['ask not'])
    t.same(sequenceOf(t, client), [
      ...begin,
      ...(turns ? ['speech_started 1'] : []),
      'input_audio_buffer.cleared',
      'error',
      ...(turns ? ['speech_started 2', 'speech_stopped 2'] : []),
      ...committed(turns ? 2 : 1).map(name =>
        turns ? name.replace('after 1', 'after 0') : name,
      ),
      ...answered(turns ? 2 : 1),
    ])
  }
})
