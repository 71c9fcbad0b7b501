import { once } from 'node:events'
import t from 'tap'
import { WebSocket } from 'ws'
import { numberedSamples } from '../fixtures/numbered.ts'
import {
  openServer,
  openSession as open,
  type WireEvent,
} from '../fixtures/realtime-client.ts'
import {
  type WireError,
  inputUpdate,
  wireErrors,
} from '../fixtures/wire-errors.ts'

const turn = numberedSamples({ frames: 3 })

const errors: readonly WireError[] = [
  ...wireErrors,
  [
    'too much audio at once',
    {
      type: 'input_audio_buffer.append',
      audio: Buffer.alloc(15 * 1_048_576 + 2).toString('base64'),
    },
    { code: 'invalid_value', param: 'audio' },
  ],
]

t.test('what is wrong is said, and the session goes on', async t => {
  const { server, dial } = await openServer(t)
  const client = await dial()
  let nth = 0
  for (const [what, event, error] of errors) {
    const text = typeof event === 'string' ? event : JSON.stringify(event)
    client.socket.send(text)
    const told = await client.heard('error', ++nth)
    const wanted = { type: 'invalid_request_error', event_id: null, ...error }
    t.match(told, { error: wanted }, what)
  }
  client.socket.send(Buffer.from('{}'), { binary: true })
  t.match(await client.heard('error', ++nth), {
    error: {
      code: 'invalid_event',
      message:
        'Expected a text WebSocket message; binary frames are not supported.',
    },
  })
  t.equal(client.events.length, nth + 1, 'nothing else was said')
  const { session } = await client.update({})
  const { turn_detection, transcription } = (
    session as { audio: { input: Record<string, unknown> } }
  ).audio.input
  t.match(turn_detection, { type: 'server_vad', threshold: 0.5 })
  t.equal(transcription, null, 'what was refused changed nothing')
  t.equal(server.sessions, 1)
})

t.test('the ping', async t => {
  const { client } = await open(t, undefined, { pingMs: 5 })
  const [data] = (await once(client.socket, 'ping')) as [Buffer]
  t.equal(data.length, 4)
  await once(client.socket, 'ping')
  client.socket.ping('abc')
  const [answer] = (await once(client.socket, 'pong')) as [Buffer]
  t.equal(String(answer), 'abc')
})

const expired = 'Your session hit the maximum duration of 60 minutes.'

t.test('sessions expire, by the clock and by their audio', async t => {
  const byClock = await openServer(t, { maxSessionMs: 5 })
  const client = await byClock.dial()
  t.same(await client.closed, { code: 1001, reason: expired })
  t.same(client.types, ['session.created', 'error'])
  t.match(client.events[1], {
    error: { code: 'session_expired', message: expired },
  })
  const byAudio = await openServer(t, { maxSessionAudioMs: 500 })
  const other = await byAudio.dial()
  other.append(turn)
  await other.update({ turn_detection: null })
  other.append(turn)
  t.same(await other.closed, { code: 1001, reason: expired })
})

t.test('the door: what is refused after it was opened', async t => {
  const { server } = await openServer(t, { keys: ['sk-good'] })
  const url = `ws://127.0.0.1:${server.port}/v1/realtime`
  const knock = async (
    query: string,
    headers: Record<string, string>,
    protocols: string[] = [],
  ) => {
    const socket = new WebSocket(url + query, protocols, { headers })
    const [data] = (await once(socket, 'message')) as [Buffer]
    const event = JSON.parse(String(data)) as WireEvent
    if (event.type !== 'error') {
      socket.terminate()
      return [event.type, socket.protocol]
    }
    const [code, reason] = (await once(socket, 'close')) as [number, Buffer]
    return [event['error'], code, String(reason)]
  }
  const intent = '?intent=transcription'
  const authorization = 'Bearer sk-good'
  t.match(await knock(intent, {}), [
    {
      code: null,
      message: 'Missing bearer or basic authentication in header',
    },
    3000,
    'invalid_request_error',
  ])
  t.match(await knock(intent, { authorization: 'Bearer sk-bad' }), [
    { code: 'invalid_api_key', message: /^Incorrect API key provided: \*/ },
    3000,
    'invalid_request_error.invalid_api_key',
  ])
  t.match(await knock(`${intent}&model=whisper-1`, { authorization }), [
    {
      code: 'invalid_model',
      message:
        'You must not provide a model parameter for transcription sessions.',
    },
    4000,
    'invalid_request_error.invalid_model',
  ])
  t.match(await knock('', { authorization }), [
    { code: 'missing_model' },
    4000,
    'invalid_request_error.missing_model',
  ])
  const beta = { authorization, 'openai-beta': 'realtime=v1' }
  t.match(await knock(intent, beta), [
    { code: 'beta_api_shape_disabled' },
    4000,
    'invalid_request_error.beta_api_shape_disabled',
  ])
  const created = 'session.created'
  t.same(await knock(intent, { authorization }), [created, ''])
  t.same(await knock(intent, { 'api-key': 'sk-good' }), [created, ''])
  const protocols = ['realtime', 'openai-insecure-api-key.sk-good']
  t.same(await knock(intent, {}, protocols), [created, 'realtime'])
  t.equal(server.connections, 8)
})

t.test('a session for talks takes no transcription', async t => {
  const { server } = await openServer(t)
  const url = `ws://127.0.0.1:${server.port}/v1/realtime?model=gpt-realtime`
  const headers = { authorization: 'Bearer x' }
  const socket = new WebSocket(url, { headers })
  const heard: WireEvent[] = []
  socket.on('message', data =>
    heard.push(JSON.parse((data as Buffer).toString()) as WireEvent),
  )
  await once(socket, 'message')
  socket.send(JSON.stringify(inputUpdate({})))
  await once(socket, 'message')
  t.match(heard, [
    { session: { type: 'realtime', model: 'gpt-realtime' } },
    {
      error: {
        code: 'invalid_parameter',
        message:
          'Passing a transcription session update event to a realtime session is not allowed.',
      },
    },
  ])
  socket.terminate()
})

t.test('no model, no transcript', async t => {
  const { client } = await open(t, undefined)
  client.append(turn)
  client.commit()
  client.commit()
  await client.heard('error')
  t.same(client.types.slice(2), [
    'input_audio_buffer.committed',
    'conversation.item.added',
    'conversation.item.done',
    'error',
  ])
})

t.test('a recogniser that fails', async t => {
  const { client } = await open(t, 'gpt-transcribe', {
    transcribe: (_, { turn }) => {
      if (turn === 1) throw new Error('deaf')
      return Promise.reject(new Error('deaf'))
    },
  })
  for (const nth of [1, 2]) {
    client.append(turn)
    client.commit()
    const failed = await client.heard('.failed', nth)
    const id = String(failed['item_id'])
    t.match(failed, {
      content_index: 0,
      error: {
        type: 'server_error',
        code: null,
        message: `Input transcription failed for item '${id}'.`,
      },
    })
  }
})
