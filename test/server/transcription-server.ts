import { once } from 'node:events'
import { type IncomingMessage, request as httpRequest } from 'node:http'
import { networkInterfaces } from 'node:os'
import t from 'tap'
import { createServer } from '../../lib/server/index.ts'
import {
  dial,
  openServer,
  restOf,
  uploadHead,
} from '../fixtures/local-server.ts'
import { jfkRecognizer } from '../fixtures/scripted.ts'

const recognizer = jfkRecognizer({ model: 'acme/speech-1' })
const KEY = 'sk-test-0123456789'
const server = await openServer(t, {
  recognizer,
  apiKeys: [KEY],
  allowedOrigins: ['https://app.example'],
  maxStallMs: 700,
})

/** A request with headers that `fetch` would not send. */
const ask = async (
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
) => {
  const request = httpRequest(`${server.url}${path}`, { method, headers })
  request.end()
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  let body = ''
  for await (const part of response) body += String(part)
  return { status: response.statusCode, headers: response.headers, body }
}

const bearer = { authorization: `Bearer ${KEY}` }

t.test('serves each endpoint', async t => {
  const table: [string, string, number, string | RegExp][] = [
    ['GET', '/health', 200, '{"status":"ok"}'],
    [
      'GET',
      '/v1/models',
      200,
      /"object":"list".*"whisper-1".*"acme\/speech-1"/,
    ],
    ['GET', '/v1/models/whisper-1', 200, /"id":"whisper-1"/],
    ['GET', '/v1/models/acme%2Fspeech-1', 200, /"id":"acme\/speech-1"/],
    ['GET', '/v1/models/moonshine-base', 404, /"model_not_found"/],
    ['GET', '/v1/models/%', 404, /"model_not_found"/],
    ['GET', '/v1/models/__proto__', 404, /"model_not_found"/],
    ['GET', '/v1/models/gpt-4o-transcribe-diarize', 404, /"model_not_found"/],
    ['GET', '/metrics', 200, /^voxpipe_uploads{state="running"} 0$/m],
    ['GET', '/nothing?q', 404, /Invalid URL \(GET \/nothing\)/],
    ['GET', '//evil.example/health', 404, /Invalid URL/],
    ['DELETE', '/v1/models', 405, /Not allowed to DELETE/],
    ['GET', '/v1/audio/transcriptions', 405, /Not allowed to GET/],
    ['OPTIONS', '/v1/models', 405, /Not allowed/],
    ['POST', '/v1/audio/translations', 400, /does not translate/],
    ['POST', '/v1/audio/transcriptions', 400, /Could not parse multipart/],
    ['POST', '/v1/realtime/client_secrets', 400, /content type must be/],
    ['GET', '/v1/realtime', 404, /Invalid URL/],
  ]
  for (const [method, path, status, body] of table) {
    const answer = await ask(path, bearer, method)
    t.equal(answer.status, status, `${method} ${path}`)
    t.match(answer.body, body, `${method} ${path}`)
    t.match(answer.headers['x-request-id'], /^req_\w{21}$/)
    if (status === 405) t.match(answer.headers.allow, /^(GET|POST)$/)
    if (status >= 400) t.match(JSON.parse(answer.body), { error: Object })
  }
})

t.test('a key is needed for all but its health', async t => {
  for (const path of ['/v1/models', '/metrics', '/nothing', '/v1/realtime']) {
    const none = await ask(path)
    t.equal(none.status, 401, path)
    t.match(none.body, /Missing bearer/)
    const wrong = await ask(path, { authorization: 'Bearer sk-wrong-123456' })
    t.equal(wrong.status, 401, path)
    t.match(JSON.parse(wrong.body), { error: { code: 'invalid_api_key' } })
  }
  t.equal((await ask('/health')).status, 200)
  t.equal((await ask('/nothing', bearer)).status, 404)
})

const hosts = ['localhost', 'evil.example']
const origins = [
  undefined,
  'http://localhost',
  'https://app.example',
  'https://evil.example',
]
const tokens = [undefined, KEY, 'sk-wrong-123456']

t.test('origin by host by key, over HTTP', async t => {
  for (const host of hosts)
    for (const origin of origins)
      for (const token of tokens) {
        const { status, headers } = await ask('/v1/models', {
          host,
          ...(origin && { origin }),
          ...(token && { authorization: `Bearer ${token}` }),
        })
        const evil = host !== 'localhost' || origin === 'https://evil.example'
        const expected = evil ? 403 : token === KEY ? 200 : 401
        t.equal(status, expected, `${origin} at ${host} with ${token}`)
        t.equal(
          headers['access-control-allow-origin'],
          !evil && origin === 'https://app.example' ? origin : undefined,
        )
      }
})

t.test('origin by host by key, for an upgrade', async t => {
  for (const host of hosts)
    for (const origin of origins)
      for (const token of tokens) {
        const socket = await dial(t, server)
        const head = [
          'GET /v1/realtime?intent=transcription HTTP/1.1',
          `Host: ${host}`,
          'Connection: Upgrade',
          'Upgrade: websocket',
          'Sec-WebSocket-Version: 13',
          'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
          ...(origin ? [`Origin: ${origin}`] : []),
          ...(token ? [`Authorization: Bearer ${token}`] : []),
          '\r\n',
        ]
        socket.write(head.join('\r\n'))
        const [answer] = (await once(socket, 'data')) as [Buffer]
        const evil = host !== 'localhost' || origin === 'https://evil.example'
        // A wrong key is told behind the upgrade, as the service does it.
        t.match(
          answer.toString('latin1'),
          evil ? /^HTTP\/1.1 403 [^]*"forbidden"/ : /^HTTP\/1.1 101 /,
          `${origin} at ${host} with ${token}`,
        )
        socket.destroy()
      }
})

t.test('an upgrade elsewhere is refused', async t => {
  const socket = await dial(t, server)
  socket.write(
    'GET /v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  )
  t.match(await restOf(socket), /^HTTP\/1.1 404 /)
})

t.test('answers requests for an HTTP/2 upgrade with HTTP/1.1', async t => {
  const socket = await dial(t, server)
  const head = (path: string, more: string) =>
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${KEY}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n${more}\r\n`
  const json = 'Content-Type: application/json\r\nContent-Length: 2\r\n'
  socket.write(`${head('/v1/realtime/client_secrets', json)}{`)
  // The rest of the body comes when it has been asked again.
  await new Promise(setImmediate)
  socket.write('}')
  const [secret] = (await once(socket, 'data')) as [Buffer]
  t.match(secret.toString(), /^HTTP\/1.1 200 [^]*ek_/)
  socket.write(head('/v1/models', ''))
  t.match(String(await once(socket, 'data')), /^HTTP\/1.1 405 /)
  socket.destroy()
})

t.test('answers preflight requests of allowed origins', async t => {
  const preflight = await ask(
    '/v1/audio/transcriptions',
    {
      origin: 'https://app.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,x-stainless-os',
    },
    'OPTIONS',
  )
  t.equal(preflight.status, 204)
  t.match(preflight.headers, {
    'access-control-allow-origin': 'https://app.example',
    'access-control-allow-headers': 'authorization,x-stainless-os',
    'access-control-allow-methods': 'GET, POST',
    vary: 'origin',
  })
  const evil = await ask(
    '/v1/models',
    { origin: 'https://evil.example', 'access-control-request-method': 'GET' },
    'OPTIONS',
  )
  t.equal(evil.status, 403)
})

t.test('accepts only short JSON requests for secrets', async t => {
  const post = (body: string, type: string) =>
    fetch(`${server.baseURL}/realtime/client_secrets`, {
      method: 'POST',
      headers: { ...bearer, 'content-type': type },
      body,
    })
  const text = await post('{}', 'text/plain')
  t.equal(text.status, 400)
  const broken = await post('{', 'application/json')
  t.equal(broken.status, 400)
  t.match(await broken.text(), /could not parse the JSON body/)
  const long = await post(`"${'a'.repeat(70_000)}"`, 'application/json')
  t.equal(long.status, 413)
})

t.test('answers malformed HTTP with an error', async t => {
  const table: [string, RegExp][] = [
    ['NONSENSE\r\n\r\n', /^HTTP\/1.1 400 [^]*Malformed HTTP request/],
    [`GET / HTTP/1.1\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, /^HTTP\/1.1 431 /],
    ['GET /health HTTP/1.1\r\n\r\n', /^HTTP\/1.1 400 /],
    [
      'POST /v1/models HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      /^HTTP\/1.1 400 /,
    ],
  ]
  for (const [bytes, answer] of table) {
    const socket = await dial(t, server)
    socket.write(bytes)
    t.match(await restOf(socket), answer)
  }
})

t.test('disconnects clients that are slow with header or JSON', async t => {
  const heads = [
    '',
    'GET /health HTTP/1.1\r\nHost: loc',
    `POST /v1/realtime/client_secrets HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${KEY}\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{`,
  ]
  await Promise.all(
    heads.map(async head => {
      const socket = await dial(t, server)
      socket.write(head)
      t.notMatch(await restOf(socket), /^HTTP\/1.1 200/, head.slice(0, 20))
    }),
  )
})

t.test('stops reading an endless body that was refused', async t => {
  const socket = await dial(t, server)
  socket.write(uploadHead())
  const [answer] = (await once(socket, 'data')) as [Buffer]
  t.match(answer.toString(), /^HTTP\/1.1 401 [^]*connection: close/)
  // What is written after the end is reset, or not: that is the system's.
  socket.on('error', () => {})
  const timer = setInterval(() => socket.write('1\r\na\r\n'), 50)
  await new Promise(resolve => socket.once('close', resolve))
  clearInterval(timer)
})

t.test('listens only on this machine unless keys are set', async t => {
  for (const host of ['0.0.0.0', '::', 'speech.example'])
    await t.rejects(createServer().listen({ host }), {
      code: 'VOX_OPTION',
      option: 'host',
    })
  await t.rejects(createServer().listen({ port: server.port }), {
    code: 'VOX_OPTION',
    message: /in use/,
  })
  await t.rejects(createServer().listen({ host: '127.0.0.1', port: 1e6 }), {
    code: 'VOX_OPTION',
  })
  await using open = createServer({ apiKeys: [KEY] })
  await open.listen({ host: '0.0.0.0' })
  t.equal((await fetch(`http://127.0.0.1:${open.port}/health`)).status, 200)
  const hasV6 = Object.values(networkInterfaces()).some(list =>
    list?.some(({ address }) => address === '::1'),
  )
  if (!hasV6) return
  await using six = createServer()
  await six.listen({ host: '::1' })
  t.match(six.baseURL, /^http:\/\/\[::1]:\d+\/v1$/)
  t.equal((await fetch(`${six.url}/health`)).status, 200)
})

t.test('without a recogniser it has the models of its own engine', async t => {
  await using own = createServer()
  await own.listen()
  const list = await (await fetch(`${own.baseURL}/models`)).text()
  t.match(list, /"whisper-1".*"moonshine-tiny".*"moonshine-base"/)
})

t.test('it is ready once its recogniser is, and warm', async t => {
  const calls: string[] = []
  const recognizer = Object.assign(jfkRecognizer(), {
    ready: async () => void calls.push('ready'),
    warmUp: async () => void calls.push('warm'),
  })
  await using own = createServer({ recognizer })
  await own.ready()
  t.same(calls, ['ready', 'warm'])
  const broken = Object.assign(jfkRecognizer(), {
    ready: () => Promise.reject(new Error('no model')),
  })
  await t.rejects(createServer({ recognizer: broken }).ready(), /no model/)
})

t.test('a recogniser replaces the engine', async t => {
  for (const options of [{ model: 'tiny' }, { workers: 2 }])
    t.throws(() => createServer({ recognizer, ...options }), {
      code: 'VOX_OPTION',
      option: 'recognizer',
    })
})

t.test('closes immediately when idle', async t => {
  const own = createServer()
  await own.listen()
  const { url } = own
  t.equal((await fetch(`${url}/health`)).status, 200)
  await Promise.all([own.close(), own.close()])
  await t.rejects(fetch(`${url}/health`))
  await createServer().close()
  await server.close()
  t.notOk(recognizer.closed, 'whoever made the recogniser closes it')
})
