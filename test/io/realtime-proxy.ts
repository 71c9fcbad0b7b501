import { execFile } from 'node:child_process'
import type { IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { SpeechServer } from '../../lib/testing/index.ts'
import { makeCertificate, noCertificate } from '../fixtures/certificate.ts'
import { Peer, refuseWith, serveHttp, tunnel } from '../fixtures/socket-peer.ts'

type Probe = {
  readonly types?: string[]
  readonly end?: { code: number; reason: string; status?: number }
  /** What it said, where nothing was opened. */
  readonly failure?: string
}

const fixtures = join(import.meta.dirname, '../fixtures')

/** Opens sockets in a process that trusts a certificate, one for each env. */
const probe = async (
  ca: string,
  environments: readonly Record<string, string>[],
): Promise<Probe[]> => {
  const loader = join(fixtures, 'loader/register.js')
  const script = join(fixtures, 'probe-socket.ts')
  const plain = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/_proxy$/i.test(name)),
  )
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', loader, script, JSON.stringify(environments)],
    { env: { ...plain, NODE_OPTIONS: '', NODE_EXTRA_CA_CERTS: ca } },
  )
  return JSON.parse(stdout) as Probe[]
}

/** A proxy, and what it was asked. */
const serveProxy = async (t: Test) => {
  const asked: { url: string; headers: IncomingHttpHeaders }[] = []
  const host = await serveHttp(t, (request, socket) => {
    asked.push({ url: request.url!, headers: request.headers })
    tunnel(request, socket)
  })
  return { host, asked }
}

const created = { types: ['session.created'] }

t.test('a server behind TLS', { skip: noCertificate }, async t => {
  const { path, ...tls } = await makeCertificate(t.testdir({}))
  await using server = await SpeechServer.listen({ tls })
  const { baseURL: BASE_URL, port } = server
  const asIs = `127.0.0.1:${port}`
  const proxy = await serveProxy(t)
  const HTTPS_PROXY = `http://${proxy.host}`

  const through = [
    { HTTPS_PROXY },
    { https_proxy: HTTPS_PROXY, HTTPS_PROXY: 'http://127.0.0.1:9' },
    { ALL_PROXY: HTTPS_PROXY },
    { HTTP_PROXY: HTTPS_PROXY },
    { HTTPS_PROXY: proxy.host },
    { all_proxy: proxy.host },
    { HTTPS_PROXY, NO_PROXY: `other.example,127.0.0.1:1${port}` },
    { HTTPS_PROXY: `http://me:CANARY%21@${proxy.host}` },
  ]
  const past = [
    {},
    { HTTPS_PROXY, NO_PROXY: '127.0.0.1' },
    { HTTPS_PROXY, NO_PROXY: '*' },
    { HTTP_PROXY: HTTPS_PROXY, NO_PROXY: `other.example, ${asIs}` },
  ]
  const refuses = await serveHttp(t, refuseWith(407, 'Who are you?'))
  const hangsUp = await serveHttp(t, (_, socket) => socket.destroy())
  const broken = [refuses, hangsUp, '127.0.0.1:9', 'in valid'].map(host => ({
    HTTPS_PROXY: `http://me:CANARY@${host}`,
  }))
  const elsewhere = { HTTPS_PROXY, BASE_URL: `https://localhost:${port}/v1` }
  const all = [...through, ...past, ...broken, elsewhere]
  const results = await probe(
    path,
    all.map(env => ({ BASE_URL, ...env })),
  )
  const resultsOf = (environments: readonly object[]): Probe[] =>
    environments.map(env => results[(all as object[]).indexOf(env)]!)

  await t.test('its certificate has to be trusted', async t => {
    const end = await (await Peer.to(BASE_URL)).ended()
    t.match(end, { code: 1006, reason: /self-signed certificate/ })
  })

  await t.test('sockets go through the proxy', async t => {
    for (const [i, result] of resultsOf(through).entries())
      t.same(result, created, JSON.stringify(through[i]))
    const urls = proxy.asked.map(({ url }) => url)
    t.same(urls, [...through.map(() => asIs), `localhost:${port}`])
    const basic = Buffer.from('me:CANARY!').toString('base64')
    const headers = proxy.asked[through.length - 1]!.headers
    t.equal(headers['proxy-authorization'], `Basic ${basic}`)
    t.notMatch(JSON.stringify(proxy.asked), /sk-test/, 'it sees no key')
  })

  await t.test('NO_PROXY bypasses the proxy', async t => {
    for (const [i, result] of resultsOf(past).entries())
      t.same(result, created, JSON.stringify(past[i]))
    t.equal(server.connections, through.length + past.length)
  })

  await t.test('checks the certificate behind a proxy', async t => {
    const [result] = resultsOf([elsewhere])
    t.match(result?.end, { code: 1006, reason: /does not match certificate/ })
  })

  await t.test('a proxy that does not work', async t => {
    t.match(resultsOf(broken), [
      {
        end: {
          code: 1006,
          status: 407,
          reason:
            /^the proxy .* does not accept the user name and the password of HTTPS_PROXY.*Who are you\?/,
          final: true,
        },
      },
      { end: { code: 1006 } },
      { end: { code: 1006, reason: /ECONNREFUSED/ } },
      { end: { code: 1006, reason: /'HTTPS_PROXY' must be/, final: true } },
    ])
    t.notMatch(JSON.stringify(results), /CANARY/, 'its password is not shown')
  })
})

t.test('connects to this machine without a proxy', async t => {
  const proxy = await serveProxy(t)
  await using server = await SpeechServer.listen()
  const before = process.env['HTTPS_PROXY']
  process.env['HTTPS_PROXY'] = `http://${proxy.host}`
  t.teardown(() => {
    if (before === undefined) delete process.env['HTTPS_PROXY']
    else process.env['HTTPS_PROXY'] = before
  })
  const peer = await Peer.to(server.baseURL)
  await peer.until(({ events }) => events.length > 0)
  await peer.socket.close()
  t.same(proxy.asked, [])
})
