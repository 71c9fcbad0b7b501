// In a process of its own: it measures memory.
import { once } from 'node:events'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { usedMB } from '../../fixtures/memory.ts'
import { RawRealtime } from '../../fixtures/raw-realtime.ts'
import { openServer } from '../../fixtures/local-server.ts'
import { jfkRecognizer } from '../../fixtures/scripted.ts'
import { pcm24 } from '../../fixtures/served.ts'
import { jfk, jfkText } from '../../fixtures/speech-clips.ts'
import { wireErrors } from '../../fixtures/wire-errors.ts'

const server = await openServer(t)
const MIB = 1_048_576

const dial = async (t: Test, { port } = server): Promise<RawRealtime> => {
  const client = new RawRealtime(port)
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

t.test('reports an error and continues the session', async t => {
  const client = await dial(t)
  for (const [i, [what, event, error]] of wireErrors.entries()) {
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
  t.match(await client.heard('error', wireErrors.length + 1), {
    error: {
      code: 'invalid_event',
      message:
        'Expected a text WebSocket message; binary frames are not supported.',
    },
  })
  await checkAlive(t, client)
})

t.test('errors quote no more than needed', async t => {
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

t.test('refuses a continuation frame without a start', async t => {
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

t.test('stops writing to a client that does not read', async t => {
  const own = await openServer(t, { pingMs: 100 })
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

t.test('slows down audio that arrives too fast', async t => {
  const recognizer = jfkRecognizer({ repeatMs: 12_000 })
  const client = await dial(t, await openServer(t, { recognizer }))
  const speech = await pcm24(jfk)
  client.update({
    transcription: { model: 'gpt-4o-mini-transcribe' },
    turn_detection: { type: 'server_vad', silence_duration_ms: 500 },
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
  t.equal(client.texts.join(' '), `${jfkText} ${jfkText} ${jfkText}`)
})
