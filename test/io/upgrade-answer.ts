import t, { type Test } from 'tap'
import type { SocketEnd } from '../../lib/io/realtime-socket.ts'
import { Peer, refuseWith, serveHttp } from '../fixtures/socket-peer.ts'

/** How a socket ends that gets an answer, and how often it asked. */
const endOf = async (
  t: Test,
  status: number,
  body: string,
  headers = '',
  path = '/v1',
): Promise<{ end: SocketEnd; host: string; asked: number }> => {
  let asked = 0
  const answer = refuseWith(status, body, headers)
  const host = await serveHttp(t, (request, socket) => {
    asked++
    answer(request, socket)
  })
  const end = await (await Peer.to(`http://${host}${path}`)).ended()
  return { end, host, asked }
}

const html = 'Content-Type: text/html; charset=utf-8\r\n'
const page =
  '<!DOCTYPE html>\n<html><head><title>\n Guest  Wi-Fi </title></head></html>'

t.test('a web page is named as one, whatever its status', async t => {
  for (const status of [200, 302, 400, 403, 404, 511]) {
    const { end, host, asked } = await endOf(t, status, page, html)
    t.match(end, { status })
    t.notMatch(end.reason, /<|DOCTYPE/i, 'its source is not shown')
    if (status < 500) {
      t.ok(end.final, `${status} is final`)
      t.equal(asked, 1)
    } else t.match(end.reason, /HTTP status 511 \(“Guest Wi-Fi”, a web page\)/)
    if (status !== 302 && status < 500)
      t.match(end, {
        reason: `${host} answered with a web page (“Guest Wi-Fi”, HTTP status ${status}) instead of a Realtime connection`,
        cure: /base URL, and whether this network asks you to sign in/,
      })
  }
  const { end } = await endOf(t, 400, '<html><body>Nothing</body></html>')
  t.match(end.reason, /answered with a web page \(HTTP status 400\)/)
})

t.test('a page of a gateway in trouble is no reason to give up', async t => {
  for (const status of [408, 425, 429, 500, 502, 503, 504]) {
    const { end } = await endOf(t, status, page, html)
    t.match(end, { status, reason: /“Guest Wi-Fi”, a web page/ })
    t.notOk(end.final, `${status}`)
  }
})

t.test('a plain answer in place of a WebSocket is final', async t => {
  for (const status of [200, 204]) {
    const { end } = await endOf(t, status, '')
    t.match(end, {
      reason: new RegExp(
        `HTTP status ${status} instead of opening a WebSocket`,
      ),
      cure: 'check the base URL',
      final: true,
    })
  }
})

t.test('a redirect says where to, without the query', async t => {
  for (const status of [301, 302, 307, 308]) {
    const location = `Location: https://a.example/v1/realtime?key=CANARY\r\n`
    const { end } = await endOf(t, status, '', location)
    t.match(end, {
      reason: new RegExp(`redirects to https://a\\.example/v1 .*${status}`),
      cure: /not followed, so that no key goes to another host/,
      final: true,
    })
    t.notMatch(JSON.stringify(end), /CANARY/)
  }
  const location = 'Location: /api/v1/realtime\r\n'
  const { end, host } = await endOf(t, 308, '', location)
  t.match(end, {
    reason: new RegExp(`redirects to http://${host}/api/v1 `),
    cure: 'redirects are not followed: set the base URL to that address',
  })
  const { end: nowhere } = await endOf(t, 301, '')
  t.match(nowhere, { reason: /redirects to another address/, final: true })
})

t.test('404 of a base URL without /v1 says so', async t => {
  const bare = await endOf(t, 404, 'Not Found', '', '')
  t.match(bare.end, {
    status: 404,
    cure: `check the base URL: http://${bare.host} has no /v1, try http://${bare.host}/v1`,
  })
  const { end } = await endOf(t, 404, '{"detail":"Not Found"}', '', '/v1')
  t.match(end, { cure: /and whether that server has a Realtime API/ })
})

t.test('what OpenAI says in a body is kept, with the wait', async t => {
  const error = {
    message: 'You exceeded your current quota.',
    type: 'insufficient_quota',
    param: null,
    code: 'insufficient_quota',
  }
  const body = JSON.stringify({ error })
  const { end } = await endOf(t, 429, body, 'Retry-After: 7\r\n')
  const { message, type, code } = error
  t.match(end, { status: 429, afterMs: 7_000, error: { message, type, code } })
  t.equal(end.reason, 'You exceeded your current quota. (it asks to wait 7 s)')
  const { end: bare } = await endOf(t, 503, '{"error":{"code":"busy"}}')
  t.match(bare, { reason: 'busy', error: { code: 'busy' } })
  t.notOk('afterMs' in bare)
})

t.test('an answer that is not HTTP is final', async t => {
  const host = await serveHttp(t, (_, socket) => {
    socket.end('SSH-2.0-OpenSSH_9.9\r\n')
  })
  const end = await (await Peer.to(`http://${host}/v1`)).ended()
  t.match(end, { reason: /does not speak HTTP/, final: true })
})

t.test('does not attribute the answer of a proxy to the server', async t => {
  const before = { ...process.env }
  t.teardown(() => {
    process.env = before
  })
  const through = async (status: number, user = ''): Promise<SocketEnd> => {
    const host = await serveHttp(t, refuseWith(status, 'No.'))
    process.env = {
      ...before,
      HTTP_PROXY: `http://${user}${host}`,
      NO_PROXY: '',
    }
    return (await Peer.to('http://speech.invalid/v1')).ended()
  }
  t.match(await through(407), {
    reason: /^the proxy [\d.:]+ asks for a user name and a password/,
    cure: /^set HTTP_PROXY to http:\/\/user:password@[\d.:]+$/,
    final: true,
  })
  t.match(await through(407, 'me:CANARY@'), {
    reason: /does not accept the user name and the password of HTTP_PROXY/,
    final: true,
  })
  t.match(await through(403), {
    reason: /^the proxy .* does not connect to the service .*403: No\./,
    cure: 'check HTTP_PROXY and NO_PROXY',
    final: true,
  })
  const down = await through(502)
  t.match(down, { status: 502, reason: /^the proxy / })
  t.notOk(down.final, 'it may pass')
})
