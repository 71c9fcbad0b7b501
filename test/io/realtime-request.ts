import { OpenAI } from 'openai'
import t, { type Test } from 'tap'
import {
  canOpenRealtime,
  RealtimeRequestBuilder,
  type RealtimeClient,
} from '../../lib/io/realtime-request.ts'
import { WebSocketServer } from 'ws'
import { Peer, refuseWith, serveHttp } from '../fixtures/socket-peer.ts'

const endpointOf = (
  baseURL: string,
  more: ConstructorParameters<typeof OpenAI>[0] = {},
): RealtimeRequestBuilder =>
  new RealtimeRequestBuilder(
    new OpenAI({ apiKey: 'sk-test', baseURL, ...more }),
    'gpt-x/y',
  )

const hrefOf = async (endpoint: RealtimeRequestBuilder): Promise<string> =>
  (await endpoint.request()).url.href

t.test('the address of a base URL', async t => {
  const addresses = {
    'https://api.openai.com/v1': 'wss://api.openai.com/v1/realtime?',
    'http://127.0.0.1:8000/v1/': 'ws://127.0.0.1:8000/v1/realtime?',
    'https://a.example:80/v1//': 'wss://a.example:80/v1/realtime?',
    'http://[::1]/x?tenant=7#top': 'ws://[::1]/x/realtime?tenant=7&',
  }
  for (const [base, address] of Object.entries(addresses))
    t.equal(await hrefOf(endpointOf(base)), `${address}intent=transcription`)
  const query = { 'api-version': 'preview', tenant: 'b' }
  const endpoint = endpointOf('http://h/v1?tenant=a', { defaultQuery: query })
  t.equal(
    await hrefOf(endpoint),
    'ws://h/v1/realtime?tenant=a&api-version=preview&intent=transcription',
    'the query of the client is in it',
  )
})

t.test('the model gets into the URL only where it may', async t => {
  const other = endpointOf('http://127.0.0.1:8000/v1')
  t.ok(other.canAddModel)
  other.addModel()
  t.notOk(other.canAddModel, 'once')
  t.match(await hrefOf(other), /\?intent=transcription&model=gpt-x%2Fy$/)
  other.removeModel()
  t.match(await hrefOf(other), /\?intent=transcription$/)
  const own = endpointOf('http://127.0.0.1:8000/v1?model=mine')
  t.notOk(own.canAddModel, 'the base URL has one')
  t.match(await hrefOf(own), /\?model=mine&intent=transcription$/)
  for (const host of ['api.openai.com', 'eu.api.openai.com', 'x.azure.com'])
    t.notOk(endpointOf(`https://${host}/v1`).canAddModel, host)
  for (const host of ['openai.com.example', 'notopenai.com'])
    t.ok(endpointOf(`https://${host}/v1`).canAddModel, host)
})

t.test('headers of requests with a body are left out', async t => {
  const { headers } = await endpointOf('http://127.0.0.1/v1', {
    defaultHeaders: { 'X-Mine': 'yes', 'OpenAI-Beta': 'realtime=v1' },
  }).request()
  const names = Object.keys(headers).toSorted()
  t.same(names, ['authorization', 'user-agent', 'x-mine'])
})

t.test('refuses clients that cannot build requests', async t => {
  t.notOk(canOpenRealtime({ baseURL: 'http://127.0.0.1/v1' }))
  t.ok(canOpenRealtime(new OpenAI({ apiKey: 'x' })))
  t.ok(canOpenRealtime(new Proxy(new OpenAI({ apiKey: 'x' }), {})))
})

/** A server that wants the model in the URL, and says so in its own way. */
const picky = async (
  t: Test,
  refuse: 'event' | 'close' | number,
): Promise<{ client: RealtimeClient; urls: string[] }> => {
  const urls: string[] = []
  const sockets = new WebSocketServer({ noServer: true })
  const host = await serveHttp(t, (request, socket) => {
    urls.push(request.url!)
    const hasModel = /[?&]model=/.test(request.url!)
    if (!hasModel && typeof refuse === 'number')
      return refuseWith(refuse, '')(request, socket)
    const head = Buffer.alloc(0)
    sockets.handleUpgrade(request, socket, head, ws => {
      if (hasModel) return ws.send('{"type":"session.created"}')
      if (refuse === 'close') return ws.close(1008, 'model is required')
      const error = { code: 'missing_model', message: 'Which?' }
      ws.send(JSON.stringify({ type: 'error', error }))
    })
  })
  const baseURL = `http://${host}/v1`
  return { client: new OpenAI({ apiKey: 'sk-test', baseURL }), urls }
}

for (const refuse of [400, 403, 404, 422, 'event', 'close'] as const)
  t.test(`a server that says ${refuse} without a model gets it`, async t => {
    const { client, urls } = await picky(t, refuse)
    const endpoint = new RealtimeRequestBuilder(client, 'gpt-transcribe')
    const plain = '/v1/realtime?intent=transcription'
    for (const asked of [[plain, `${plain}&model=gpt-transcribe`], []]) {
      const peer = await Peer.open(client, {}, endpoint)
      await peer.until(({ events }) => events.length > 0)
      t.same(peer.types, ['session.created'], 'nothing else is heard')
      await peer.socket.close()
      if (asked.length > 0) t.same(urls.splice(0), asked)
    }
    t.same(urls, [`${plain}&model=gpt-transcribe`], 'it is remembered')
  })

t.test('reports the first refusal if the model does not help', async t => {
  const answers = [
    refuseWith(403, '{"error":{"message":"Your plan has no Realtime."}}'),
    refuseWith(400, '{"error":{"message":"No model here, please."}}'),
  ]
  const urls: string[] = []
  const host = await serveHttp(t, (request, socket) => {
    answers[urls.push(request.url!) % 2 === 1 ? 0 : 1]!(request, socket)
  })
  const client = new OpenAI({ apiKey: 'x', baseURL: `http://${host}/v1` })
  const endpoint = new RealtimeRequestBuilder(client, 'gpt-transcribe')
  for (const connections of [2, 4]) {
    const end = await (await Peer.open(client, {}, endpoint)).ended()
    t.match(end, { status: 403, reason: 'Your plan has no Realtime.' })
    t.equal(urls.length, connections, 'and it is taken out again')
  }
})

t.test('reports a refusal of the model itself instead', async t => {
  let asked = 0
  const host = await serveHttp(t, (request, socket) => {
    const body = '{"error":{"message":"gpt-transcribe is not served here"}}'
    refuseWith(++asked === 1 ? 403 : 404, asked === 1 ? '' : body)(
      request,
      socket,
    )
  })
  const end = await (await Peer.to(`http://${host}/v1`)).ended()
  t.match(end, { status: 404, reason: 'gpt-transcribe is not served here' })
})
