import { once } from 'node:events'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { inspect } from 'node:util'
import { AzureOpenAI } from 'openai'
import t, { type Test } from 'tap'
import { WebSocketServer } from 'ws'
import { SpeechServer } from '../../lib/testing/index.ts'
import { Peer, refuseWith, serveHttp } from '../fixtures/socket-peer.ts'
import { WireServer } from '../fixtures/wire-server.ts'

/** The request that a client makes; `baseURL` is where. */
const requestOf = async (
  t: Test,
  connect: (host: string) => Promise<Peer>,
): Promise<{ url: string; headers: IncomingHttpHeaders }> => {
  let found: { url: string; headers: IncomingHttpHeaders } | undefined
  const host = await serveHttp(t, (request, socket) => {
    const { url = '', headers } = request
    found = { url, headers }
    refuseWith(503, '')(request, socket)
  })
  await (await connect(host)).ended()
  return found!
}

t.test('delivers events unchanged', async t => {
  const error = { type: 'error', error: { message: 'No.' } }
  await using server = await WireServer.listen((_, say) => {
    say({ type: 'future.event' })
    say(error)
    for (const text of ['{"type":', '[]', 'null', '7', '{"type":1}', '{}'])
      say(text)
    say({ type: 'last' })
  })
  const peer = await Peer.to(server.baseURL)
  await peer.until(({ types }) => types.includes('session.created'))
  peer.socket.send('{"type":"hello"}')
  await peer.until(({ types }) => types.includes('last'))
  const types = ['session.created', 'future.event', 'error', 'last']
  t.same(peer.types, types)
  t.equal(peer.malformed, 6)
  t.match(server.received, [{ type: 'hello' }])
  await peer.socket.close()
  t.equal(peer.end, undefined, 'whoever leaves hears nothing more')
})

t.test('the address of a transcription, and whose it is', async t => {
  const { url, headers } = await requestOf(t, host =>
    Peer.to(
      `http://${host}/v1/`,
      {},
      {
        organization: 'org-1',
        project: 'proj-1',
        defaultHeaders: { 'x-mine': 'yes' },
      },
    ),
  )
  t.equal(url, '/v1/realtime?intent=transcription')
  t.match(headers, {
    authorization: 'Bearer sk-test',
    'openai-organization': 'org-1',
    'openai-project': 'proj-1',
    'x-mine': 'yes',
    'user-agent': /^OpenAI\/JS/,
  })
  t.notOk('openai-beta' in headers, 'that would be the retired protocol')
})

t.test('a path and a query of a server of one’s own stay', async t => {
  const { url } = await requestOf(t, host =>
    Peer.to(`http://${host}/gate/v2?tenant=7&model=mine`),
  )
  t.equal(url, '/gate/v2/realtime?tenant=7&model=mine&intent=transcription')
})

t.test('a key that is a function is asked', async t => {
  const { headers } = await requestOf(t, host =>
    Peer.to(
      `http://${host}/v1`,
      {},
      {
        apiKey: () => Promise.resolve('sk-asked'),
      },
    ),
  )
  t.equal(headers.authorization, 'Bearer sk-asked')
  const failing = await Peer.to(
    'http://127.0.0.1:9/v1',
    {},
    {
      apiKey: () => Promise.reject(new Error('nobody is at home')),
    },
  )
  const end = await failing.ended()
  t.match(end, { code: 1006, reason: /nobody is at home/ })
  t.notOk(end.final, 'there may be a key the next time')
})

t.test('a key that is no header is not shown', async t => {
  const apiKey = 'CANARY01\nCANARY02'
  const peer = await Peer.to('http://127.0.0.1:9/v1', {}, { apiKey })
  const end = await peer.ended()
  t.match(end, { reason: /"Bearer …" is an invalid header value/, final: true })
  t.notMatch(inspect(end, { showHidden: true }), /CANARY/)
})

t.test(
  'no key is in errors and in sessions; words are as they are',
  async t => {
    const apiKey = 'CANARY0123'
    const told = { message: `no ${apiKey}\nat all`, deep: [{ apiKey }], n: 1 }
    const word = { type: 'word', delta: 'Bearer of news', item_id: 'sk-1' }
    await using server = await WireServer.listen((_, say) => {
      say({ type: 'error', message: apiKey, error: told })
      say({ type: 'failed', item_id: 'sk-1', error: apiKey })
      say({ type: 'session', session: { secret: { value: 'ek_CANARY' } } })
      say({ type: 'none', error: null })
      say(word)
    })
    const peer = await Peer.to(server.baseURL, {}, { apiKey })
    await peer.until(({ events }) => events.length > 0)
    peer.socket.send('{"type":"hello"}')
    await peer.until(({ events }) => events.length > 5)
    t.same(peer.events.slice(1), [
      {
        type: 'error',
        message: '…',
        error: { message: 'no …\nat all', deep: [{ apiKey: '…' }], n: 1 },
      },
      { type: 'failed', item_id: 'sk-1', error: '…' },
      { type: 'session', session: { secret: { value: 'ek_…' } } },
      { type: 'none', error: null },
      word,
    ])
    await peer.socket.close()
  },
)

t.test('Azure', async t => {
  const apiVersion = '2026-01-01'
  const { url, headers } = await requestOf(t, host =>
    Peer.open(
      new AzureOpenAI({
        apiKey: 'azure-key',
        endpoint: `http://${host}`,
        apiVersion,
        deployment: 'ears',
      }),
    ),
  )
  t.match(url, /^\/openai\/.*v1\/realtime\?intent=transcription$/)
  t.equal(headers['api-key'], 'azure-key')
  t.notOk('authorization' in headers)
  const token = await requestOf(t, host =>
    Peer.open(
      new AzureOpenAI({
        azureADTokenProvider: () => Promise.resolve('token'),
        endpoint: `http://${host}`,
        apiVersion,
      }),
    ),
  )
  t.equal(token.headers.authorization, 'Bearer token')
  t.notOk('api-key' in token.headers)
  await using server = await SpeechServer.listen({ keys: ['azure-key'] })
  const peer = await Peer.open(
    new AzureOpenAI({
      apiKey: 'azure-key',
      baseURL: server.baseURL,
      apiVersion,
    }),
  )
  await peer.until(({ types }) => types.includes('session.created'))
  peer.socket.destroy()
})

for (const status of [401, 403, 404, 429, 503])
  t.test(`${status} in place of an upgrade`, async t => {
    await using server = await SpeechServer.listen({ handshakeStatus: status })
    const end = await (await Peer.to(server.baseURL)).ended()
    t.match(end, { code: 1006, status, reason: /^[A-Z][\w ]+$/ })
  })

t.test('reads the text of a refusal in any form', async t => {
  const said: [string, string | RegExp][] = [
    ['{"error":{"message":"No model here.","code":null}}', 'No model here.'],
    ['{"error":"no"}', '{"error":"no"}'],
    ['{"error":{"message":7}}', '{"error":{"message":7}}'],
    ['null', 'null'],
    [' gone\r\n  fishing\n', 'gone fishing'],
    ['', 'HTTP status 400'],
    [`<a>${'x'.repeat(100_000)}`, /^<a>x{197}$/],
    ['wrong key sk-proj-CANARY0123', 'wrong key sk-…'],
  ]
  for (const [body, reason] of said) {
    const host = await serveHttp(t, refuseWith(400, body))
    const end = await (await Peer.to(`http://${host}/v1`)).ended()
    t.match(end, { code: 1006, status: 400, reason })
  }
})

t.test('a redirect gets no key', async t => {
  let asked = 0
  const elsewhere = await serveHttp(t, (_, socket) => {
    asked++
    socket.destroy()
  })
  const location = `Location: http://${elsewhere}/v1/realtime\r\n`
  const host = await serveHttp(t, refuseWith(307, '', location))
  const end = await (await Peer.to(`http://${host}/v1`)).ended()
  t.match(end, { code: 1006, status: 307 })
  t.equal(asked, 0)
})

t.test('how connections end', async t => {
  const ways = [
    ['reset', 1006, ''],
    ['end', 1006, ''],
    [{ close: 1000 }, 1000, ''],
    [{ close: 1005 }, 1005, ''],
    [{ close: 1011, reason: 'Internal.' }, 1011, 'Internal.'],
    [{ close: 4000, reason: 'Bearer CANARY' }, 4000, 'Bearer …'],
  ] as const
  for (const [action, code, reason] of ways) {
    await using server = await SpeechServer.listen()
    const peer = await Peer.to(server.baseURL)
    await peer.until(({ events }) => events.length > 0)
    server.inject(action)
    const end = await peer.ended()
    t.equal(end.code, code, inspect(action))
    if (reason) t.equal(end.reason, reason)
    t.notOk('status' in end)
    await new Promise<void>(resolve => peer.socket.send('{}', resolve))
    await peer.socket.close()
  }
})

t.test('reports a missing or silent server', async t => {
  const server = await SpeechServer.listen()
  const { baseURL } = server
  await server.close()
  const gone = await (await Peer.to(baseURL)).ended()
  t.match(gone, { code: 1006, reason: /ECONNREFUSED/ })
  const host = await serveHttp(t, () => {})
  const silent = await Peer.to(`http://${host}/v1`, { connectMs: 50 })
  const reason = `${host} accepted the connection but sent no answer within 50 ms`
  t.same(await silent.ended(), { code: 1006, reason })
  const endless = await serveHttp(t, (_, socket) => {
    socket.write('HTTP/1.1 503 No\r\nContent-Length: 100\r\n\r\nWait')
  })
  const waiting = await Peer.to(`http://${endless}/v1`, { connectMs: 500 })
  t.match(await waiting.ended(), { code: 1006, status: 503, reason: /500 ms/ })
})

t.test(
  'a peer that answers pings lives, one that does not is dead',
  async t => {
    const pings = 2
    const silent = new WebSocketServer({ host: '127.0.0.1', port: 0 })
    await once(silent, 'listening')
    t.teardown(() => silent.close())
    const asked = new Promise<void>(resolve => {
      let count = 0
      silent.on('connection', socket =>
        socket.on('ping', () => ++count === pings && resolve()),
      )
    })
    const { port } = silent.address() as AddressInfo
    const baseURL = `http://127.0.0.1:${port}/v1`
    const alive = await Peer.to(baseURL, { pingMs: 250 })
    await asked
    t.equal(alive.end, undefined)
    alive.socket.destroy()

    await using server = await SpeechServer.listen({ pingMs: 0 })
    const dead = await Peer.to(server.baseURL, { pingMs: 20 })
    await dead.until(({ events }) => events.length > 0)
    server.inject('stall')
    const end = await dead.ended()
    t.match(end, {
      code: 1006,
      reason: /connection is dead: the server does not answer/,
    })
  },
)

t.test('a connection is not dead because this process is busy', async t => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const peer = await Peer.to(`http://127.0.0.1:${port}/v1`, { pingMs: 50 })
  await once(server, 'connection')
  const never = new Int32Array(new SharedArrayBuffer(4))
  for (let i = 0; i < 10; i++) {
    Atomics.wait(never, 0, 0, 120)
    await setImmediate()
  }
  t.equal(peer.end, undefined)
  peer.socket.destroy()
})

t.test('counts bytes that are not sent yet', async t => {
  await using server = await SpeechServer.listen()
  const peer = await Peer.to(server.baseURL)
  await peer.until(({ events }) => events.length > 0)
  server.inject('stop-reading')
  const text = JSON.stringify({ type: 'x', audio: 'A'.repeat(2 ** 20) })
  const sent: Promise<void>[] = []
  for (let i = 0; i < 64; i++)
    sent.push(new Promise(resolve => peer.socket.send(text, resolve)))
  t.ok(peer.socket.bufferedAmount > 2 ** 20)
  server.resume()
  await Promise.all(sent)
  t.equal(peer.socket.bufferedAmount, 0)
  await peer.socket.close()
})

t.test('a message that is too long ends it', async t => {
  await using server = await WireServer.listen((_, say) => {
    say(`{"type":"${'x'.repeat(2 ** 24)}"}`)
  })
  const peer = await Peer.to(server.baseURL)
  await peer.until(({ events }) => events.length > 0)
  peer.socket.send('{"type":"hello"}')
  t.match(await peer.ended(), { reason: /Max payload size exceeded/ })
})

t.test('emits nothing after close()', async t => {
  await using server = await SpeechServer.listen()
  const early = await Peer.to(server.baseURL)
  early.socket.destroy()
  await early.socket.close()
  const rude = await Peer.to(server.baseURL)
  await rude.until(({ events }) => events.length > 0)
  server.inject('stall')
  await rude.socket.close()
  const polite = await Peer.to(server.baseURL)
  await polite.until(({ events }) => events.length > 0)
  const closing = polite.socket.close()
  server.inject({ send: '{"type":"late"}' })
  await closing
  t.same(polite.types, ['session.created'])
  for (const { end } of [early, rude, polite]) t.equal(end, undefined)
})

t.test('a server on this machine that speaks IPv6', async t => {
  const server = new WebSocketServer({ host: '::1', port: 0 })
  try {
    await once(server, 'listening')
  } catch {
    t.comment('there is no IPv6 here')
    return
  }
  t.teardown(() => server.close())
  server.on('connection', socket => socket.send('{"type":"hello"}'))
  const { port } = server.address() as AddressInfo
  const peer = await Peer.to(`http://[::1]:${port}/v1`)
  await peer.until(({ types }) => types.includes('hello'))
  await peer.socket.close()
})
