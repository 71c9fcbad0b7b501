import { OpenAI } from 'openai'
import t, { type Test } from 'tap'
import {
  openaiClientOptions,
  namedProxy,
  proxyFor,
} from '../../lib/io/proxy.ts'
import { SpeechServer } from '../../lib/testing/index.ts'
import { serveSocks } from '../fixtures/socks-server.ts'
import { Peer, serveHttp, tunnel } from '../fixtures/socket-peer.ts'

const names = ['https_proxy', 'http_proxy', 'all_proxy', 'no_proxy']

/** Has these variables for a test, and no other of a proxy. */
const withEnv = (t: Test, env: Record<string, string>): void => {
  for (const name of names.flatMap(name => [name, name.toUpperCase()])) {
    const before = process.env[name]
    delete process.env[name]
    t.teardown(() => {
      delete process.env[name]
      if (before !== undefined) process.env[name] = before
    })
  }
  Object.assign(process.env, env)
}

/** Opens a socket of a server, until its first event or its end. */
const outcomeOf = async ({ baseURL }: { readonly baseURL: string }) => {
  const peer = await Peer.to(baseURL)
  await peer.until(({ events, end }) => events.length > 0 || end !== undefined)
  await peer.socket.close()
  return peer.end ?? peer.types
}

/** Has a file transcribed by a server, through the proxy of an environment. */
const upload = async (
  { baseURL }: { readonly baseURL: string },
  env: Record<string, string>,
): Promise<unknown> =>
  new OpenAI({
    apiKey: 'sk-test',
    baseURL,
    maxRetries: 0,
    ...(await openaiClientOptions(env)),
  }).models.list()

t.test('sockets and files go through a SOCKS proxy', async t => {
  const socks = await serveSocks(t)
  await using server = await SpeechServer.listen()
  for (const scheme of ['socks', 'socks5', 'socks5h']) {
    const env = { ALL_PROXY: `${scheme}://${socks.host}` }
    withEnv(t, env)
    socks.asked.length = 0
    t.same(await outcomeOf(server), ['session.created'], scheme)
    await upload(server, env).catch(() => {}) // that server lists no models
    const asked = `127.0.0.1:${server.port}`
    t.same(socks.asked, [asked, asked], scheme)
  }
})

t.test('a SOCKS proxy gets the user name and the password', async t => {
  const socks = await serveSocks(t, 'me:CANARY!')
  await using server = await SpeechServer.listen()
  withEnv(t, { all_proxy: `socks5://me:CANARY%21@${socks.host}` })
  t.same(await outcomeOf(server), ['session.created'])
  for (const user of ['', 'me:CANARY@']) {
    process.env['all_proxy'] = `socks5://${user}${socks.host}`
    const end = await outcomeOf(server)
    t.match(end, { reason: /user name and a password/, final: true })
    t.notMatch(JSON.stringify(end), /CANARY/)
  }
  t.same(socks.users, ['me:CANARY!', 'me:CANARY'])
})

t.test('a SOCKS proxy that cannot reach the server is named', async t => {
  const socks = await serveSocks(t)
  const server = await SpeechServer.listen()
  const { baseURL } = server
  await server.close()
  withEnv(t, { ALL_PROXY: `socks5://${socks.host}` })
  const end = await outcomeOf({ baseURL })
  t.match(end, { reason: new RegExp(`through the proxy ${socks.host}`) })
  t.notOk((end as { final?: boolean }).final, 'it may pass')
})

t.test('a server at an http URL is asked through its proxy', async t => {
  const asked: string[] = []
  const host = await serveHttp(t, (request, socket) => {
    asked.push(request.url!)
    tunnel(request, socket)
  })
  await using server = await SpeechServer.listen()
  const url = `127.0.0.1:${server.port}`
  withEnv(t, { HTTP_PROXY: `http://${host}` })
  t.same(await outcomeOf(server), ['session.created'])
  process.env['NO_PROXY'] = '127.0.0.1'
  t.same(await outcomeOf(server), ['session.created'])
  t.same(asked, [url], 'but not if NO_PROXY has the host')
})

t.test('which variable names the proxy of a URL', async t => {
  const url = (text: string) => proxyFor(new URL(text))?.url.href
  withEnv(t, {
    HTTP_PROXY: 'plain.example:1',
    ALL_PROXY: 'socks://all.example',
  })
  t.equal(url('http://a.example'), 'http://plain.example:1/')
  t.equal(url('ws://a.example'), 'http://plain.example:1/')
  t.equal(url('https://a.example'), 'socks5://all.example')
  process.env['https_proxy'] = 'https://secure.example'
  t.equal(url('wss://a.example'), 'https://secure.example/')
  process.env['NO_PROXY'] = 'a.example,.b.example:443'
  t.equal(url('wss://a.example'), undefined)
  t.equal(url('wss://x.b.example'), undefined)
  t.equal(url('wss://x.b.example:444'), 'https://secure.example/')
  t.equal(namedProxy({}, 'https'), undefined)
})

t.test('refuses an invalid proxy without showing it', async t => {
  for (const all_proxy of [
    'socks4://CANARY',
    'ftp://CANARY',
    'CAN ARY',
    'x://',
  ])
    t.throws(() => namedProxy({ all_proxy }, 'http'), {
      code: 'VOX_OPTION',
      option: 'ALL_PROXY',
      message: /^((?!CANARY).)*$/,
    })
})
