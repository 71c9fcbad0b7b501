import { once } from 'node:events'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { usedMB } from '../../fixtures/memory.ts'
import { RawRealtime } from '../../fixtures/raw-realtime.ts'
import { openServed, pcm24, sameWords } from '../../fixtures/served.ts'
import { jfk } from '../../fixtures/speech-clips.ts'

const server = await openServed(t)
const MIB = 1_048_576

const dial = async (t: Test): Promise<RawRealtime> => {
  const client = new RawRealtime(server.port)
  t.teardown(() => client.socket.terminate())
  await client.heard('session.created')
  return client
}

/** Whether the session still does what it is for. */
const checkAlive = async (t: Test, client: RawRealtime): Promise<void> => {
  const before = client.types.filter(type => type === 'completed').length
  client.send({ type: 'input_audio_buffer.clear' })
  client.update({ transcription: { model: 'whisper-1' }, turn_detection: null })
  client.append(new Int16Array(4_800))
  client.commit()
  await client.heard('.completed', before + 1)
  t.pass('the session goes on')
}

const errors: [what: string, event: unknown, error: Record<string, unknown>][] =
  [
    ['a text that is no JSON', '{', { code: 'invalid_json' }],
    ['null', 'null', { code: 'invalid_event' }],
    ['a list', '[]', { code: 'invalid_event' }],
    ['a number', '1', { code: 'invalid_event' }],
    [
      'an event without a type',
      { event_id: 'mine' },
      {
        code: 'missing_required_parameter',
        param: 'type',
        message: "Missing required parameter: 'type'.",
        event_id: 'mine',
      },
    ],
    [
      'an unknown event',
      { type: 'nope', event_id: 'mine' },
      {
        code: 'invalid_value',
        param: 'type',
        message:
          "Invalid value: 'nope'. Supported values are: 'session.update', 'session.close', 'input_audio_buffer.append', 'session.input_audio_buffer.append', 'input_audio_buffer.commit', 'input_audio_buffer.clear', 'conversation.item.create', 'conversation.item.truncate', 'conversation.item.delete', 'conversation.item.retrieve', 'response.create', and 'response.cancel'.",
        event_id: 'mine',
      },
    ],
    [
      'the event of the beta',
      { type: 'transcription_session.update', session: {} },
      { code: 'invalid_value', param: 'type' },
    ],
    ['a name of Object', { type: 'constructor' }, { code: 'invalid_value' }],
    ['a type that is an object', { type: {} }, { code: 'invalid_value' }],
    ...[
      'conversation.item.retrieve',
      'conversation.item.delete',
      'conversation.item.create',
      'response.create',
      'session.close',
    ].map(
      type =>
        [
          type,
          { type, item_id: 'item_1', event_id: 'mine' },
          {
            code: null,
            param: 'type',
            message: `'${type}' is not supported in a transcription session.`,
            event_id: 'mine',
          },
        ] as [string, unknown, Record<string, unknown>],
    ),
    [
      'no audio',
      { type: 'input_audio_buffer.append', event_id: 'mine' },
      {
        code: 'missing_required_parameter',
        param: 'audio',
        event_id: 'mine',
      },
    ],
    [
      'audio that is no base64',
      { type: 'input_audio_buffer.append', audio: 'a*==' },
      { code: 'invalid_value', param: 'audio' },
    ],
    [
      'audio that is a number',
      { type: 'input_audio_buffer.append', audio: 1 },
      { code: 'invalid_value', param: 'audio' },
    ],
    [
      'an update without a session',
      { type: 'session.update' },
      { code: 'missing_required_parameter', param: 'session' },
    ],
    [
      'an update of another kind of session',
      { type: 'session.update', session: { type: 'realtime' } },
      { code: 'invalid_value', param: 'session.type' },
    ],
    [
      'a keyword with a bracket',
      {
        type: 'session.update',
        session: {
          type: 'transcription',
          audio: {
            input: {
              transcription: { model: 'gpt-transcribe', keywords: ['<b>'] },
            },
          },
        },
      },
      { code: 'invalid_value' },
    ],
    [
      'names of an object’s making',
      '{"type":"session.update","session":{"type":"transcription","__proto__":{}}}',
      { code: 'unknown_parameter' },
    ],
  ]

t.test('what is wrong is told, and the session goes on', async t => {
  const client = await dial(t)
  for (const [i, [what, event, error]] of errors.entries()) {
    client.send(event as object | string)
    const told = await client.heard('error', i + 1)
    t.same(Object.keys(told).toSorted(), ['error', 'event_id', 'type'])
    const wanted = { type: 'invalid_request_error', event_id: null, ...error }
    t.match(told['error'], wanted, what)
    t.same(Object.keys(told['error'] as object).toSorted(), [
      'code',
      'event_id',
      'message',
      'param',
      'type',
    ])
  }
  client.socket.send(Buffer.from('{"type":"input_audio_buffer.clear"}'), {
    binary: true,
  })
  t.match(await client.heard('error', errors.length + 1), {
    error: {
      code: 'invalid_event',
      message:
        'Expected a text WebSocket message; binary frames are not supported.',
    },
  })
  await checkAlive(t, client)
})

t.test('an error repeats no more than is of use', async t => {
  const client = await dial(t)
  const long = 'x'.repeat(4 * MIB)
  client.send({ type: long, event_id: long })
  client.update({ [long]: 1 })
  client.send(`{"type":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)
  await client.heard('error', 3)
  t.ok(JSON.stringify(client.events.slice(1)).length < 10_000)
  await checkAlive(t, client)
})

t.test('a message that is too long', async t => {
  const client = await dial(t)
  client.send(' '.repeat(16 * MIB) + '{}')
  t.equal((await client.closed).code, 1009)
  const other = await dial(t)
  other.appendBytes(Buffer.alloc(11 * MIB))
  await checkAlive(t, other)
})

t.test('a message in too many fragments', async t => {
  const client = await dial(t)
  for (let i = 0; i < 5_000; i++) client.socket.send('', { fin: false })
  t.equal((await client.closed).code, 1008)
  const other = await dial(t)
  const text = JSON.stringify({ type: 'nope' })
  for (let i = 0; i < text.length; i++)
    other.socket.send(text[i]!, { fin: i === text.length - 1 })
  await other.heard('error')
  await checkAlive(t, other)
})

t.test('a frame that goes on with nothing', async t => {
  const socket = connect(server.port, '127.0.0.1')
  socket.setNoDelay(true)
  socket.write(
    'GET /v1/realtime?intent=transcription HTTP/1.1\r\nHost: localhost\r\n' +
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
      `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`,
  )
  await once(socket, 'data')
  socket.write(Buffer.from([0x00, 0x80, 0, 0, 0, 0])) // goes on with nothing
  const closed = once(socket, 'close')
  socket.resume()
  await closed
  t.pass('is cut off')
})

t.test('who reads nothing is not written to without end', async t => {
  const own = await openServed(t, { pingMs: 100 })
  const client = new RawRealtime(own.port)
  await client.heard('session.created')
  const before = await usedMB()
  client.socket.pause()
  const junk = JSON.stringify({ type: 'y'.repeat(2_000) })
  let sent = 0
  while (client.socket.readyState === client.socket.OPEN && sent++ < 200_000)
    await new Promise(resolve => client.socket.send(junk, resolve))
  t.ok(sent < 200_000, 'is not read any more, and then cut off')
  t.ok((await usedMB()) - before < 100)
})

t.test('audio faster than it can be heard', async t => {
  const client = await dial(t)
  const speech = await pcm24(jfk)
  client.update({
    transcription: { model: 'gpt-4o-mini-transcribe' },
    turn_detection: { type: 'server_vad', silence_duration_ms: 600 },
  })
  for (let i = 0; i < 3; i++) {
    // As it comes from one who has it all: in one piece, and in crumbs.
    if (i === 1) client.append(speech, 240)
    else client.append(speech, speech.length)
    client.append(new Int16Array(24_000))
  }
  client.update({})
  await client.heard('session.updated', 2)
  const turns = client.types.filter(type => type.endsWith('committed')).length
  await client.heard('.completed', turns)
  const third = client.texts.length / 3
  for (let i = 1; i < 3; i++)
    sameWords(
      t,
      client.texts.slice(i * third, (i + 1) * third).join(' '),
      client.texts.slice(0, third).join(' '),
    )
})
