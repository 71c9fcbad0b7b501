import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import OpenAI from 'openai'
import t from 'tap'
import { openaiClientOptions } from '../../lib/io/proxy.ts'

const listen = async (server: Server): Promise<string> => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.closeAllConnections())
  t.teardown(() => server.close())
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

const service = await listen(
  createServer((request, response) => {
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json')
      response.end('{"text":"heard"}')
    })
  }),
)

/** Hosts that the proxy was asked for. */
const asked: string[] = []
const proxy = await listen(
  createServer().on('connect', (request, socket) => {
    asked.push(request.url!)
    const [host, port] = request.url!.split(':')
    const far = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      far.pipe(socket)
      socket.pipe(far)
    })
    far.on('error', () => socket.destroy())
    socket.on('error', () => far.destroy())
  }),
)

const hear = async (env: NodeJS.ProcessEnv) =>
  new OpenAI({
    apiKey: 'key',
    baseURL: `http://${service}/v1`,
    ...(await openaiClientOptions(env)),
  }).audio.transcriptions.create({
    file: new File([new Uint8Array(9)], 'audio.wav'),
    model: 'whisper-1',
  })

t.test('requests go through the proxy of the environment', async t => {
  for (const name of ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY']) {
    asked.length = 0
    t.match(await hear({ [name]: `http://${proxy}` }), { text: 'heard' })
    t.same(asked, [service], name)
  }
  asked.length = 0
  t.match(await hear({ http_proxy: proxy }), { text: 'heard' })
  t.same(asked, [service], 'without a scheme')
})

t.test('NO_PROXY, and no proxy, mean none', async t => {
  asked.length = 0
  const env = { HTTP_PROXY: `http://${proxy}`, NO_PROXY: '127.0.0.1' }
  t.match(await hear(env), { text: 'heard' })
  t.match(await hear({}), { text: 'heard' })
  t.same(asked, [])
})

t.test('refuses an invalid proxy URL without showing it', async t => {
  for (const HTTPS_PROXY of ['ftp://user:secret@proxy', 'sec ret'])
    await t.rejects(openaiClientOptions({ HTTPS_PROXY }), {
      code: 'VOX_OPTION',
      message:
        "option 'HTTPS_PROXY' must be a URL of an HTTP or SOCKS5 proxy, such as " +
        'http://proxy.example:8080 or socks5://proxy.example:1080',
    })
})
