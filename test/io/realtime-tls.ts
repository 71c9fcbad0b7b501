import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import type { SocketEnd } from '../../lib/io/realtime-socket.ts'
import { SpeechServer } from '../../lib/testing/index.ts'
import { makeCertificate, noCertificate } from '../fixtures/certificate.ts'
import { serveSocks } from '../fixtures/socks-server.ts'

type Probe = { readonly types?: string[]; readonly end?: SocketEnd }

const fixtures = join(import.meta.dirname, '../fixtures')

/** Opens sockets in a process that trusts certificates, one for each env. */
const probe = async (
  ca: string,
  environments: readonly Record<string, string>[],
): Promise<Probe[]> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      '--import',
      join(fixtures, 'loader/register.js'),
      join(fixtures, 'probe-socket.ts'),
      JSON.stringify(environments),
    ],
    { env: { PATH: process.env['PATH']!, NODE_EXTRA_CA_CERTS: ca } },
  )
  return JSON.parse(stdout) as Probe[]
}

/** A server with a certificate, and where that is. */
const serve = async (
  t: Test,
  folder: string,
  about: Parameters<typeof makeCertificate>[1] = {},
) => {
  const { path, ...tls } = await makeCertificate(folder, about)
  const server = await SpeechServer.listen({ tls })
  t.teardown(() => server.close())
  return { baseURL: server.baseURL, path, port: server.port }
}

t.test('servers behind TLS', { skip: noCertificate }, async t => {
  const folder = t.testdir({ good: {}, expired: {}, other: {}, unknown: {} })
  const at = (name: string): string => join(folder, name)
  const good = await serve(t, at('good'))
  const expired = await serve(t, at('expired'), { expired: true })
  const other = await serve(t, at('other'), { name: 'DNS:other.example' })
  const unknown = await serve(t, at('unknown'))
  const plain = await SpeechServer.listen()
  t.teardown(() => plain.close())
  const socks = await serveSocks(t)

  const ca = join(folder, 'ca.pem')
  const trusted = [good, expired, other].map(({ path }) =>
    readFile(path, 'utf8'),
  )
  await writeFile(ca, (await Promise.all(trusted)).join('\n'))
  const throughSocks = { ALL_PROXY: `socks5://${socks.host}` }
  const [ok, late, wrong, strange, bare, byIp, byName] = await probe(ca, [
    { BASE_URL: good.baseURL },
    { BASE_URL: expired.baseURL },
    { BASE_URL: other.baseURL },
    { BASE_URL: unknown.baseURL },
    { BASE_URL: plain.baseURL.replace('http:', 'https:') },
    { BASE_URL: good.baseURL, ...throughSocks },
    { BASE_URL: `https://localhost:${good.port}/v1`, ...throughSocks },
  ])

  t.same(ok, { types: ['session.created'] }, 'one that is trusted')

  t.test('a certificate that has expired is named, and is final', async t => {
    t.match(late?.end, {
      reason: /^the TLS certificate of 127\.0\.0\.1:\d+ has expired/,
      cure: /clock, or have the certificate renewed/,
      final: true,
    })
  })

  t.test('a certificate for another name is reported, and final', async t => {
    t.match(wrong?.end, {
      reason: /is for another name: .*does not match certificate's altnames/,
      cure: /use a host name in the base URL that the certificate contains/,
      final: true,
    })
  })

  t.test('an untrusted certificate is reported, and final', async t => {
    t.match(strange?.end, {
      reason: /does not trust .*self-signed certificate.* \(DEPTH_ZERO/,
      cure: /NODE_EXTRA_CA_CERTS/,
      final: true,
    })
  })

  t.test('a server without TLS at an https URL is named', async t => {
    t.match(bare?.end, {
      reason: /does not speak TLS: wrong version number/,
      cure: /use a base URL that begins with http:/,
      final: true,
    })
  })

  t.test('TLS goes through a SOCKS proxy, and is checked', async t => {
    t.same(byIp, { types: ['session.created'] })
    t.match(byName?.end, { reason: /another name: .*localhost/, final: true })
    const ports = [`127.0.0.1:${good.port}`, `localhost:${good.port}`]
    t.same(socks.asked, ports, 'which looks up names itself')
  })
})
