import { once } from 'node:events'
import { type Socket, connect } from 'node:net'
import OpenAI from 'openai7'
import { OpenAIRealtimeWS } from 'openai7/realtime/ws'
import t from 'tap'
import { WebSocket } from 'ws'
import {
  SpeechServer,
  type SpeechServerOptions,
} from '../../lib/testing/index.ts'
import { makeCertificate, noCertificate } from '../fixtures/certificate.ts'
import { numberedSamples } from '../fixtures/numbered.ts'
import { RealtimeClient, openServer } from '../fixtures/realtime-client.ts'

const timers = (): number =>
  process.getActiveResourcesInfo().filter(name => name === 'Timeout').length

t.test('what can be seen of it', async t => {
  const { server, dial } = await openServer(t)
  t.equal(server.baseURL, `http://127.0.0.1:${server.port}/v1`)
  const first = await dial()
  const second = await dial()
  t.equal(server.sessions, 2)
  await first.update({
    transcription: { model: 'whisper-1' },
    turn_detection: null,
  })
  first.append(numberedSamples({ frames: 2 }))
  first.commit()
  await first.heard('.completed')
  await first.close()
  t.equal(server.sessions, 1)
  t.equal(server.connections, 2)
  t.same(Object.fromEntries(server.received), {
    'session.update': 1,
    'input_audio_buffer.append': 4,
    'input_audio_buffer.commit': 1,
  })
  t.same(Object.fromEntries(server.sent), {
    'session.created': 2,
    'session.updated': 1,
    'input_audio_buffer.committed': 1,
    'conversation.item.added': 1,
    'conversation.item.done': 1,
    'conversation.item.input_audio_transcription.delta': 1,
    'conversation.item.input_audio_transcription.completed': 1,
  })
  await second.close()
})

t.test('what a recogniser is told', async t => {
  const seen: unknown[] = []
  const { dial } = await openServer(t, {
    transcribe: (audio, info) => {
      seen.push(info)
      return `${audio.length}`
    },
  })
  const client = await dial()
  await client.update({
    transcription: { model: 'gpt-transcribe', keywords: ['Ann'] },
    turn_detection: null,
  })
  client.append(new Int16Array(2_400))
  client.commit()
  t.match(await client.heard('.completed'), { transcript: '2400' })
  t.match(seen, [
    {
      via: 'realtime',
      sampleRate: 24_000,
      model: 'gpt-transcribe',
      turn: 1,
      settings: { keywords: ['Ann'] },
    },
  ])
})

t.test('leaves nothing behind when it closes', async t => {
  const before = timers()
  const server = await SpeechServer.listen({
    answerMs: 60_000,
    pingMs: 60_000,
    faults: [
      { at: { commit: 2 }, do: 'stall' },
      { at: { commit: 3 }, do: { close: 1011 } },
    ],
  })
  const dial = async () => {
    const client = new RealtimeClient(server.port, 'x')
    await client.update({
      transcription: { model: 'whisper-1' },
      turn_detection: null,
    })
    client.append(numberedSamples({ frames: 2 }))
    client.commit()
    return client
  }
  const waiting = await dial()
  await waiting.heard('.done')
  const stalled = await dial()
  const refusing = connect(server.port, '127.0.0.1')
  const idle = connect(server.port, '127.0.0.1')
  refusing.write('GET / HTTP/1.1\r\n')
  const third = await dial()
  await third.closed
  while (server.sessions > 1) await new Promise(setImmediate)
  await Promise.all([server.close(), server.close()])
  t.equal(server.sessions, 0)
  await Promise.all([waiting.closed, stalled.closed])
  for (const socket of [refusing, idle] as Socket[]) {
    socket.resume()
    if (!socket.closed) await once(socket, 'close')
  }
  t.equal(timers(), before)
  await server.close()
})

t.test('a fault that happens now', async t => {
  const { server, dial } = await openServer(t)
  const client = await dial()
  server.inject({ send: '{"type":"now"}' })
  await client.heard('now')
  server.inject({ close: 1012 })
  t.equal((await client.closed).code, 1012)
  t.throws(() => server.inject({ close: 1006 }), { code: 'VOX_OPTION' })
})

t.test('await using', async t => {
  let port: number
  {
    await using server = await SpeechServer.listen()
    port = server.port
  }
  const socket = connect(port, '127.0.0.1')
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException]
  t.equal(error.code, 'ECONNREFUSED')
})

t.test('refuses to upgrade', async t => {
  const knock = async (server: SpeechServer, path = '/v1/realtime') => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`)
    const [error] = (await once(socket, 'error')) as [Error]
    return error.message
  }
  for (const status of [401, 403, 404, 503]) {
    const { server } = await openServer(t, { handshakeStatus: status })
    t.equal(await knock(server), `Unexpected server response: ${status}`)
    t.equal(server.connections, 1)
    t.equal(server.sessions, 0)
  }
  const { server, dial } = await openServer(t, {
    handshakeStatus: connection => (connection < 3 ? 503 : undefined),
  })
  t.match(await knock(server), /503/)
  t.match(await knock(server), /503/)
  await dial()
  t.match(await knock(server, '/v2/other'), /404/)
})

t.test('TLS, and faults in it', { skip: noCertificate }, async t => {
  const { key, cert } = await makeCertificate(t.testdir({}))
  const { server } = await openServer(t, {
    tls: { key, cert },
    faults: [{ at: { commit: 1 }, do: 'reset' }],
  })
  t.match(server.baseURL, /^https:/)
  const { baseURL } = server
  const client = new OpenAI({ apiKey: 'x', baseURL, maxRetries: 0 })
  const rt = new OpenAIRealtimeWS(
    { intent: 'transcription', options: { ca: cert } },
    client,
  )
  rt.on('error', () => {})
  await once(rt.socket, 'message')
  const audio = Buffer.alloc(9_600).toString('base64')
  rt.send({ type: 'input_audio_buffer.append', audio })
  rt.send({ type: 'input_audio_buffer.commit' })
  const [code] = (await once(rt.socket, 'close')) as [number]
  t.equal(code, 1006)
})

t.test('options that cannot be', async t => {
  const wrong = [
    { transcribe: 'nothing' },
    { maxSessionMs: -1 },
    { maxSessionAudioMs: Number.NaN },
    { pingMs: -1 },
    { answerMs: -1 },
    { deltaMs: Infinity },
    { liveMs: 0 },
    { holdMs: -1 },
    { handshakeStatus: 200 },
  ] as unknown as SpeechServerOptions[]
  for (const options of wrong)
    await t.rejects(SpeechServer.listen(options), { code: 'VOX_OPTION' })
})
