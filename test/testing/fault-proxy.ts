import { once } from 'node:events'
import { type Socket, connect, createServer, type AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import OpenAI, { toFile } from 'openai7'
import t, { type Test } from 'tap'
import {
  FaultProxy,
  SpeechServer,
  type Toxic,
} from '../../lib/testing/index.ts'
import { effectOf } from '../../lib/testing/toxic.ts'
import { numberedWav } from '../fixtures/numbered.ts'

/** A server that answers with what it is told, by way of a proxy. */
const open = async (t: Test, toxics: Toxic[] = []) => {
  const echo = createServer({ allowHalfOpen: true }, socket => {
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  echo.listen(0, '127.0.0.1')
  await once(echo, 'listening')
  const { port } = echo.address() as AddressInfo
  const target = `http://127.0.0.1:${port}`
  const proxy = await FaultProxy.listen({ target, toxics })
  t.after(async () => {
    await proxy.close()
    echo.close()
  })
  const dial = async () => {
    const socket = connect({
      port: proxy.port,
      host: '127.0.0.1',
      allowHalfOpen: true,
    })
    socket.on('error', () => {}) // whoever reads is told
    await once(socket, 'connect')
    return socket
  }
  return { proxy, dial }
}

const data = Buffer.from(Array.from({ length: 50_000 }, (_, i) => i % 251))

/** Sends bytes and the end, and waits for what comes back. */
const ask = async (socket: Socket, bytes = data): Promise<Buffer> => {
  const answer = buffer(socket)
  socket.end(bytes)
  return await answer
}

t.test('passes everything through', async t => {
  const { proxy, dial } = await open(t)
  const socket = await dial()
  t.same(await ask(socket), data)
  await once(socket, 'close')
  const big = Buffer.alloc(8_000_000, 7)
  t.ok((await ask(await dial(), big)).equals(big), 'however much it is')
  t.match(proxy.baseURL, `http://127.0.0.1:${proxy.port}`)
})

t.test('both directions, every toxic that only delays or slices', async t => {
  const toxics: Toxic[] = [
    { type: 'latency', latency: 3, jitter: 2 },
    { type: 'latency', latency: 1, stream: 'upstream' },
    { type: 'bandwidth', rate: 2_000 },
    { type: 'slicer', average_size: 9_000, size_variation: 8_000, delay: 10 },
  ]
  const { dial } = await open(t, toxics)
  t.same(await ask(await dial()), data)
})

t.test('latency and bandwidth take their time', async t => {
  const { proxy, dial } = await open(t)
  const took = async (toxic: Toxic) => {
    proxy.add({ ...toxic, name: 'the one' })
    const socket = await dial()
    const start = performance.now()
    await ask(socket, data.subarray(0, 4_000))
    return performance.now() - start
  }
  // Timers may be a millisecond early, never more.
  t.ok((await took({ type: 'latency', latency: 40 })) >= 38)
  t.ok((await took({ type: 'bandwidth', rate: 100 })) >= 36)
})

t.test('limit_data', async t => {
  const { dial } = await open(t, [{ type: 'limit_data', bytes: 1_234 }])
  t.same(await ask(await dial()), data.subarray(0, 1_234))
})

t.test('timeout: delays everything until it is removed', async t => {
  const { proxy, dial } = await open(t, [{ type: 'timeout', timeout: 0 }])
  const socket = await dial()
  socket.write('lost')
  const other = await dial()
  proxy.add({ type: 'latency', latency: 0 })
  t.ok(proxy.remove('timeout_downstream'))
  t.notOk(proxy.remove('timeout_downstream'))
  t.same(await ask(other), data)
  t.equal(proxy.connections, 1, 'the connection stays')
  proxy.add({ type: 'timeout', timeout: 5 })
  socket.resume()
  await once(socket, 'end')
})

t.test('reset_peer: resets current and new connections', async t => {
  const { proxy, dial } = await open(t)
  const socket = await dial()
  const reset = once(socket, 'error')
  proxy.add({ type: 'reset_peer', timeout: 0 })
  await t.rejects(
    reset.then(([error]) => Promise.reject(error as Error)),
    {
      code: 'ECONNRESET',
    },
  )
  await t.rejects(
    dial().then(socket => ask(socket)),
    { code: 'ECONNRESET' },
  )
})

t.test('reports an unreachable server', async t => {
  const proxy = await FaultProxy.listen({ target: 'http://127.0.0.1:1' })
  const socket = connect(proxy.port, '127.0.0.1')
  await t.rejects(buffer(socket), { code: 'ECONNRESET' })
  await proxy.close()
  await proxy.close()
})

t.test('refuses invalid toxics', async t => {
  const { proxy } = await open(t)
  const wrong = [
    { type: 'earthquake' },
    { type: 'latency' },
    { type: 'bandwidth', rate: 0 },
    { type: 'slicer', average_size: 10, delay: -1 },
    { type: 'timeout', timeout: 0, stream: 'sideways' },
  ] as unknown as Toxic[]
  for (const toxic of wrong)
    t.throws(() => proxy.add(toxic), { code: 'VOX_OPTION' })
  await t.rejects(FaultProxy.listen({ target: 'nowhere' }), {
    message: /^option 'target' /,
  })
})

t.test('slices have random sizes', async t => {
  const chances = [0, 0.5, 0.75, 1]
  const waits: number[] = []
  const { pass } = effectOf(
    { type: 'slicer', average_size: 100, size_variation: 60, delay: 2_000 },
    {
      random: () => chances.shift() ?? 0.5,
      wait: async ms => void waits.push(ms),
      close: () => {},
      reset: () => {},
    },
  )
  const sizes: number[] = []
  for await (const { bytes } of pass!({ bytes: data.subarray(0, 500), at: 0 }))
    sizes.push(bytes.length)
  t.same(sizes, [40, 100, 130, 160, 70])
  t.same(waits, [2, 2, 2, 2])
})

t.test('between a client and a speech server', async t => {
  const server = await SpeechServer.listen()
  const target = server.baseURL
  const proxy = await FaultProxy.listen({
    target,
    toxics: [{ type: 'slicer', average_size: 700, stream: 'upstream' }],
  })
  const { baseURL } = proxy
  t.match(baseURL, /^http:\/\/127\.0\.0\.1:\d+\/v1$/)
  const client = new OpenAI({ apiKey: 'x', baseURL, maxRetries: 0 })
  const send = async () =>
    await client.audio.transcriptions.create({
      file: await toFile(numberedWav({ frames: 4 }), 'talk.wav'),
      model: 'gpt-transcribe',
    })
  t.match(await send(), { text: 'w0 w1 w2 w3' })
  proxy.add({ type: 'limit_data', bytes: 30 })
  await t.rejects(send(), { message: 'Connection error.' })
  await Promise.all([proxy.close(), server.close()])
})
