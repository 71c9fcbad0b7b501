import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { createServer } from '../../../lib/server/index.ts'
import { RawRealtime } from '../../fixtures/raw-realtime.ts'
import { RealtimeClient } from '../../fixtures/realtime-client.ts'
import { openServer } from '../../fixtures/local-server.ts'
import { jfkRecognizer } from '../../fixtures/scripted.ts'
import { pcm24 } from '../../fixtures/served.ts'
import { jfk, jfkText } from '../../fixtures/speech-clips.ts'

const KEY = 'sk-of-this-server-1234'
const speech = await pcm24(jfk)

const bearer = (key: string) => ({
  headers: { authorization: `Bearer ${key}` },
})

const metric = async (url: string, name: string, key?: string) => {
  const response = await fetch(`${url}/metrics`, key ? bearer(key) : {})
  const found = new RegExp(`^${name} (\\d+)$`, 'm').exec(await response.text())
  return Number(found?.[1])
}

/** How an upgrade is answered that is none. */
const statusOf = async (
  port: number,
  headers: Record<string, string> = {},
  path = '/v1/realtime?intent=transcription',
) => {
  const asked = request({
    port,
    host: '127.0.0.1',
    path,
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': Buffer.alloc(16).toString('base64'),
      ...headers,
    },
  })
  asked.end()
  const [response] = await once(asked, 'response')
  let body = ''
  for await (const part of response) body += String(part)
  return {
    status: response.statusCode as number,
    headers: response.headers as Record<string, string>,
    body: JSON.parse(body) as { error: Record<string, unknown> },
  }
}

t.test('accepts sessions with the right key, host and origin', async t => {
  const open = await openServer(t)
  const closed = await openServer(t, { apiKeys: ['sk-other', KEY] })
  const cases: [
    what: string,
    client: RawRealtime,
    wanted: 'in' | [closeCode: number, errorCode: string | null],
  ][] = [
    ['no key where none is wanted', new RawRealtime(open.port), 'in'],
    ['any key', new RawRealtime(open.port, bearer('sk-any')), 'in'],
    [
      'a secret that is none',
      new RawRealtime(open.port, bearer('ek_none')),
      [3000, 'invalid_api_key'],
    ],
    ['the key', new RawRealtime(closed.port, bearer(KEY)), 'in'],
    [
      'the key, as Azure has it',
      new RawRealtime(closed.port, { headers: { 'api-key': KEY } }),
      'in',
    ],
    [
      'the key, as browsers have it',
      new RawRealtime(closed.port, {}, undefined, [
        'realtime',
        `openai-insecure-api-key.${KEY}`,
      ]),
      'in',
    ],
    ['no key', new RawRealtime(closed.port), [3000, null]],
    [
      'another key',
      new RawRealtime(closed.port, bearer(`${KEY}5`)),
      [3000, 'invalid_api_key'],
    ],
    ['an empty key', new RawRealtime(closed.port, bearer(' ')), [3000, null]],
    [
      'the beta',
      new RawRealtime(open.port, { headers: { 'openai-beta': 'realtime=v1' } }),
      [4000, 'beta_api_shape_disabled'],
    ],
    [
      'a model for a transcription',
      new RawRealtime(open.port, {}, '?intent=transcription&model=whisper-1'),
      [4000, 'invalid_model'],
    ],
    [
      'a talk',
      new RawRealtime(open.port, {}, '?model=gpt-realtime'),
      [4000, 'invalid_model'],
    ],
    ['nothing', new RawRealtime(open.port, {}, ''), [4000, 'missing_model']],
  ]
  for (const [what, client, wanted] of cases) {
    if (wanted === 'in') {
      await client.heard('session.created')
      await client.close()
      continue
    }
    const { code, reason } = await client.closed
    const { error } = client.events[0] as unknown as {
      error: { type: string; code: string | null; message: string }
    }
    t.same([code, error.code], wanted, what)
    t.equal(client.events.length, 1)
    t.equal(reason, error.code ? `${error.type}.${error.code}` : error.type)
    t.notMatch(error.message, KEY)
  }
})

t.test('a secret for browsers', async t => {
  const server = await openServer(t, { apiKeys: [KEY] })
  const response = await fetch(`${server.baseURL}/realtime/client_secrets`, {
    method: 'POST',
    headers: { ...bearer(KEY).headers, 'content-type': 'application/json' },
    body: JSON.stringify({
      session: {
        type: 'transcription',
        audio: { input: { transcription: { model: 'whisper-1' } } },
      },
    }),
  })
  t.equal(response.status, 200)
  const { value } = (await response.json()) as { value: string }
  const ways = [
    new RawRealtime(server.port, bearer(value)),
    new RawRealtime(server.port, bearer(value), ''),
    new RawRealtime(server.port, {}, undefined, [
      'realtime',
      `openai-insecure-api-key.${value}`,
    ]),
  ]
  for (const client of ways) {
    t.match(
      await client.heard('session.created'),
      {
        session: {
          audio: { input: { transcription: { model: 'whisper-1' } } },
        },
      },
      'it can be used again, and has its settings',
    )
    await client.close()
  }
  t.equal(ways[2]!.socket.protocol, 'realtime')
})

t.test('no more sessions than there may be', async t => {
  const server = await openServer(t, { maxSessions: 2, apiKeys: [KEY] })
  const first = new RawRealtime(server.port, bearer(KEY))
  const second = new RawRealtime(server.port, bearer(KEY))
  await Promise.all([first, second].map(c => c.heard('session.created')))
  const { status, headers, body } = await statusOf(
    server.port,
    bearer(KEY).headers,
  )
  t.equal(status, 429)
  t.ok(Number(headers['retry-after']) >= 1)
  t.match(body, {
    error: { type: 'requests', code: 'rate_limit_exceeded', param: null },
  })
  t.equal(await metric(server.url, 'voxpipe_realtime_sessions', KEY), 2)
  await first.close()
  // The server hears of it when the client does, or a little later.
  let third: RawRealtime
  do {
    third = new RawRealtime(server.port, bearer(KEY))
    await Promise.race([
      third.heard('session.created').catch(() => {}),
      third.closed,
    ])
  } while (third.events.length === 0)
  await Promise.all([second.close(), third.close()])
})

t.test('refused clients take no place and are disconnected', async t => {
  const server = await openServer(t, { maxSessions: 1, apiKeys: [KEY] })
  const stubborn = await Promise.all(
    [0, 1].map(async () => {
      const socket = connect(server.port, '127.0.0.1')
      socket.write(
        'GET /v1/realtime?intent=transcription HTTP/1.1\r\n' +
          'Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
          `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`,
      )
      await once(socket, 'data')
      return socket // which never says goodbye
    }),
  )
  t.equal((await statusOf(server.port, bearer(KEY).headers)).status, 429)
  for (const socket of stubborn) socket.destroy()
})

t.test('ends a session after its maximum duration', async t => {
  const server = await openServer(t, { maxSessionMs: 200 })
  const client = new RawRealtime(server.port)
  t.same(await client.closed, {
    code: 1001,
    reason: 'Your session hit the maximum duration of 60 minutes.',
  })
  t.match(client.events.at(-1), {
    type: 'error',
    error: { type: 'invalid_request_error', code: 'session_expired' },
  })
  const [{ session }] = client.events as unknown as [
    { session: { expires_at: number } },
  ]
  t.ok(Math.abs(session.expires_at - Date.now() / 1_000) < 5)
})

t.test('ends a silent session', async t => {
  const server = await openServer(t, { maxIdleMs: 100 })
  const { code, reason } = await new RawRealtime(server.port).closed
  t.equal(code, 1001)
  t.match(reason, /sent nothing for too long/)
})

t.test('pings clients, and drops those that do not answer', async t => {
  const server = await openServer(t, { pingMs: 50 })
  const client = new RawRealtime(server.port)
  const sizes: number[] = []
  await new Promise<void>(resolve =>
    client.socket.on('ping', (data: Buffer) => {
      if (sizes.push(data.length) === 4) resolve()
    }),
  )
  t.same(sizes, [4, 4, 4, 4])
  t.equal(client.socket.readyState, client.socket.OPEN)
  await client.close()
  const dumb = new RawRealtime(server.port, { autoPong: false })
  t.equal((await dumb.closed).code, 1006)
})

t.test('answers committed turns before it closes', async t => {
  let release = (): void => {}
  const held = new Promise<void>(resolve => (release = resolve))
  const recognizer = jfkRecognizer({
    onJob: ({ type }) => (type === 'recognize' ? held : undefined),
  })
  const server = await openServer(t, { recognizer })
  const client = new RawRealtime(server.port)
  const idle = new RealtimeClient(server.port, 'sk-test')
  await idle.heard('session.created')
  await client.heard('session.created')
  client.update({ transcription: { model: 'whisper-1' }, turn_detection: null })
  client.append(speech)
  client.commit()
  client.append(speech)
  await client.heard('committed')
  const closed = server.close()
  t.same(client.texts, [])
  release()
  t.same(await client.closed, {
    code: 1001,
    reason: 'The server is shutting down.',
  })
  t.equal(client.texts.length, 1)
  t.equal(client.texts[0], jfkText)
  t.equal((await idle.closed).code, 1001)
  await closed
  t.equal(client.types.at(-1), 'completed')
  t.notOk(recognizer.closed, 'whoever made the recogniser closes it')
})

t.test('does not wait forever when it closes', async t => {
  const server = await openServer(t, { graceMs: 50 })
  const client = new RawRealtime(server.port)
  await client.heard('session.created')
  client.socket.pause() // it will not say goodbye
  await server.close()
  client.socket.resume()
  t.match(await client.closed, { code: /1001|1006/ })
  t.pass('closed')
})

t.test('a client that vanishes leaves nothing', async () => {
  const handles = (): string[] =>
    process
      .getActiveResourcesInfo()
      .filter(name => /TCP|Timeout|Immediate|MessagePort/.test(name))
  const before = handles().length
  const recognizer = jfkRecognizer({
    // It is withdrawn, or it would never end.
    onJob: ({ type }) =>
      type === 'recognize' ? new Promise(() => {}) : undefined,
  })
  const server = createServer({ recognizer })
  await server.listen()
  for (const model of ['gpt-4o-transcribe', 'gpt-live-transcribe']) {
    const client = new RawRealtime(server.port)
    await client.heard('session.created')
    client.update({ transcription: { model }, turn_detection: null })
    await client.heard('session.updated')
    client.append(speech)
    client.commit()
    client.append(speech)
    await client.heard('committed')
    client.socket.terminate()
    await client.closed
  }
  const sessions = () => metric(server.url, 'voxpipe_realtime_sessions')
  while ((await sessions()) > 0);
  await server.close()
  // What its last client had is closed a little later.
  while (handles().length > before) await nextTurn()
})
