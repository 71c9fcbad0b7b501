import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { OpenAI } from 'openai'
import t, { type Test } from 'tap'
import {
  numberedAudio,
  numberedTurns,
  SpeechServer,
} from '../../../lib/testing/index.ts'
import { RealtimeTranscriber } from '../../../lib/openai/realtime/realtime-transcriber.ts'
import type { RealtimeTiming } from '../../../lib/openai/realtime/session-settings.ts'
import { makeCertificate, noCertificate } from '../../fixtures/certificate.ts'
import { runToEnd, textsOf, type Ending } from '../../fixtures/run-to-end.ts'
import { refuseWith, serveHttp } from '../../fixtures/socket-peer.ts'

/** With the times that users have, unless said otherwise. */
const run = async (
  baseURL: string,
  timing: Partial<RealtimeTiming> = {},
): Promise<Ending> => {
  const transcriber = new RealtimeTranscriber({
    client: new OpenAI({ apiKey: 'sk-CANARY0123456789', baseURL }),
    model: 'gpt-transcribe',
    turnDetection: numberedTurns(),
    timing,
  })
  return runToEnd(numberedAudio({ frames: 10 }), transcriber)
}

const warningsOf = ({ events }: Ending) =>
  events.filter(({ type }) => type === 'warning')

/** What must hold of an error that no other attempt would get rid of. */
const checkFinal = (t: Test, ending: Ending, message: RegExp): void => {
  t.match(ending.error, {
    code: 'VOX_SERVICE_REFUSED',
    retryable: false,
    message,
  })
  t.same(warningsOf(ending), [], 'nothing was tried again')
  t.match(ending.events.at(-1), { type: 'end', complete: false })
}

t.test('an untrusted certificate', { skip: noCertificate }, async t => {
  const { path: _, ...tls } = await makeCertificate(t.testdir({}))
  await using server = await SpeechServer.listen({ tls })
  checkFinal(
    t,
    await run(server.baseURL),
    /^the service cannot be reached: this machine does not trust the TLS certificate of 127\.0\.0\.1:\d+: self-signed certificate.*; if the server .* NODE_EXTRA_CA_CERTS=/,
  )
})

const quota =
  '{"error":{"message":"You exceeded your current quota.","type":"insufficient_quota","code":"insufficient_quota"}}'

for (const [what, answer, message] of [
  [
    'a quota that is used up, at the upgrade',
    refuseWith(429, quota, 'Retry-After: 20\r\n'),
    /refused the session: You exceeded your current quota; check the account$/,
  ],
  [
    'a bill that is not paid',
    refuseWith(402, '{"error":{"message":"Please pay."}}'),
    /refused the session: Please pay; check the account$/,
  ],
  [
    'a key that may not',
    refuseWith(403, '{"error":{"message":"No access to Realtime."}}'),
    /No access to Realtime; check the permissions of the API key$/,
  ],
  [
    'a web page',
    refuseWith(200, '<!doctype html><title>Log in</title>'),
    /cannot be reached: .* answered with a web page \(“Log in”, .*; check the base URL, and whether/,
  ],
  [
    'a redirect',
    refuseWith(308, '', 'Location: https://b.example/v1/realtime\r\n'),
    /cannot be reached: .* redirects to https:\/\/b\.example\/v1 .*; redirects are not followed/,
  ],
  [
    'an answer without an upgrade',
    refuseWith(200, 'OK'),
    /HTTP status 200 instead of opening a WebSocket; check the base URL$/,
  ],
] as const)
  t.test(what, async t => {
    const host = await serveHttp(t, answer)
    checkFinal(t, await run(`http://${host}/v1`), message)
  })

t.test('a base URL without /v1', async t => {
  const host = await serveHttp(t, refuseWith(404, 'Not Found'))
  checkFinal(
    t,
    await run(`http://${host}`),
    /has no \/v1, try http:\/\/[\d.:]+\/v1$/,
  )
})

t.test('a key that is no header', async t => {
  const client = new OpenAI({ apiKey: 'a\nb', baseURL: 'http://127.0.0.1:9' })
  const turnDetection = numberedTurns()
  const transcriber = new RealtimeTranscriber({ client, turnDetection })
  const ending = await runToEnd(numberedAudio({ frames: 10 }), transcriber)
  checkFinal(t, ending, /invalid header value/)
})

t.test('warns at the first attempt if the server is unreachable', async t => {
  const server = await SpeechServer.listen()
  const { baseURL } = server
  await server.close()
  const { host } = new URL(baseURL)
  const ending = await run(baseURL, { giveUpMs: 50 })
  t.match(warningsOf(ending)[0], {
    code: 'VOX_RECONNECTING',
    message: new RegExp(`nothing accepts connections at ${host}.*ECONNREFUSED`),
  })
  t.match(ending.error, { code: 'VOX_SERVICE_FAILED', retryable: true })
})

t.test('names a server that never answers', async t => {
  const host = await serveHttp(t, () => {})
  const timing = { connectMs: 200, giveUpMs: 300, reconnectMs: 1 }
  const ending = await run(`http://${host}/v1`, timing)
  const message = new RegExp(
    `${host} accepted the connection but sent no answer within 200 ms`,
  )
  t.match(warningsOf(ending)[0], { code: 'VOX_RECONNECTING', message })
  t.match(ending.error, { code: 'VOX_SERVICE_FAILED', message })
})

/** Hands an upgrade on to a server, as it came. */
const handOn = (port: number, request: IncomingMessage, socket: Duplex) => {
  const { url, rawHeaders } = request
  const lines = [`GET ${url} HTTP/1.1`]
  for (let i = 0; i < rawHeaders.length; i += 2)
    lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`)
  const far = connect(port, '127.0.0.1')
  far.write(`${lines.join('\r\n')}\r\n\r\n`)
  far.on('error', () => socket.destroy())
  far.on('close', () => socket.destroy())
  socket.on('close', () => far.destroy())
  far.pipe(socket).pipe(far)
}

t.test('a rate limit is waited for as long as the server asks', async t => {
  await using server = await SpeechServer.listen()
  const limited = refuseWith(429, 'Slow down.', 'Retry-After-Ms: 700\r\n')
  const times: number[] = []
  const host = await serveHttp(t, (request, socket) => {
    if (times.push(performance.now()) <= 2) limited(request, socket)
    else handOn(server.port, request, socket)
  })
  const ending = await run(`http://${host}/v1`, { reconnectMs: 1 })
  t.equal(ending.error, undefined)
  t.same(textsOf(ending.events), ['w0 w1 w2 w3 w4', 'w5 w6 w7 w8 w9'])
  const [first, second, third] = times as [number, number, number]
  // A timer may be a millisecond early.
  for (const pause of [second - first, third - second]) t.ok(pause >= 690)
  t.match(warningsOf(ending), [{ message: /Slow down.*asks to wait 0\.7 s/ }])
})

t.test('a wait longer than the time to give up is an error', async t => {
  let asked = 0
  const limited = refuseWith(503, 'Full.', 'Retry-After: 3600\r\n')
  const host = await serveHttp(t, (request, socket) => {
    asked++
    limited(request, socket)
  })
  const { error } = await run(`http://${host}/v1`)
  const message = /Full\. \(it asks to wait 3600 s\)/
  t.match(error, { code: 'VOX_SERVICE_FAILED', retryable: true, message })
  t.equal(asked, 1)
})
