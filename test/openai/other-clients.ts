import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { AzureOpenAI as AzureOpenAI6, OpenAI as OpenAI6 } from 'openai6'
import { AzureOpenAI as AzureOpenAI7, OpenAI as OpenAI7 } from 'openai7'
import t, { type Test } from 'tap'
import {
  numberedAudio,
  numberedTurns,
  SpeechServer,
} from '../../lib/testing/index.ts'
import type { OpenAIClient } from '../../lib/openai/openai-client.ts'
import { FileTranscriber } from '../../lib/openai/files/file-transcriber.ts'
import { RealtimeTranscriber } from '../../lib/openai/realtime/realtime-transcriber.ts'
import { numberedWav } from '../fixtures/numbered.ts'
import { quickly } from '../fixtures/realtime-run.ts'
import { runToEnd, textsOf } from '../fixtures/run-to-end.ts'
import { refuseWith, serveHttp } from '../fixtures/socket-peer.ts'

// Its types change those of fetch for all files, so it is loaded without them.
const { OpenAI: OpenAI4, AzureOpenAI: AzureOpenAI4 } = createRequire(
  import.meta.url,
)('openai4') as {
  readonly OpenAI: new (options: object) => OpenAIClient
  readonly AzureOpenAI: new (options: object) => OpenAIClient
}

const apiKey = 'sk-CANARY0123456789'
const apiVersion = '2026-01-01'

/** What instruments a client as a rule: a Proxy whose methods are bound. */
const instrumented = <Client extends object>(client: Client): Client =>
  new Proxy(client, {
    get: (target, name) => {
      const value = Reflect.get(target, name) as unknown
      if (typeof value === 'function')
        return (...given: unknown[]) =>
          Reflect.apply(value, target, given) as unknown
      return typeof value === 'object' && value !== null
        ? instrumented(value)
        : value
    },
  })

/** Clients of every kind for a server, by name. */
const clientsOf = (baseURL: string): Record<string, OpenAIClient> => ({
  'OpenAI of openai 4': new OpenAI4({ apiKey, baseURL }),
  'OpenAI of openai 6': new OpenAI6({ apiKey, baseURL }),
  'OpenAI of openai 7': new OpenAI7({ apiKey, baseURL }),
  'a key that is a function': new OpenAI6({
    apiKey: () => Promise.resolve(apiKey),
    baseURL,
  }),
  'a bare Proxy': new Proxy(new OpenAI7({ apiKey, baseURL }), {}),
  'an instrumented client': instrumented(new OpenAI6({ apiKey, baseURL })),
  'an instrumented client of openai 4': instrumented(
    new OpenAI4({ apiKey, baseURL }),
  ),
})

/** Clients of Azure of every kind, by name. */
const azureClientsOf = (endpoint: string): Record<string, OpenAIClient> => {
  const options = { apiKey, apiVersion, endpoint, deployment: 'ears' }
  return {
    'AzureOpenAI of openai 4': new AzureOpenAI4(options),
    'AzureOpenAI of openai 6': new AzureOpenAI6(options),
    'AzureOpenAI of openai 7': new AzureOpenAI7(options),
    'an instrumented AzureOpenAI': instrumented(new AzureOpenAI6(options)),
  }
}

const speak = async (client: OpenAIClient) =>
  runToEnd(
    numberedAudio({ frames: 10 }),
    new RealtimeTranscriber({
      client,
      model: 'gpt-transcribe',
      turnDetection: numberedTurns(),
      timing: quickly,
    }),
  )

const upload = async (client: OpenAIClient) => {
  const transcriber = new FileTranscriber({ client, maxRetries: 0 })
  transcriber.end(Buffer.from(numberedWav({ frames: 4 })))
  const texts: string[] = []
  try {
    for await (const event of transcriber)
      texts.push(...textsOf([event as Parameters<typeof textsOf>[0][0]]))
    return { texts, error: undefined }
  } catch (error) {
    return { texts, error }
  }
}

t.test('live and files, with clients of other copies of openai', async t => {
  await using server = await SpeechServer.listen({ keys: [apiKey] })
  for (const [name, client] of Object.entries(clientsOf(server.baseURL))) {
    const { events, error } = await speak(client)
    t.equal(error, undefined, name)
    t.same(textsOf(events), ['w0 w1 w2 w3 w4', 'w5 w6 w7 w8 w9'], name)
    const file = await upload(client)
    t.same(file, { texts: ['w0 w1 w2 w3'], error: undefined }, name)
  }
})

const askedBy = ({ url, headers }: IncomingMessage): string =>
  `${url} ${String(headers['api-key'] ?? headers.authorization)}`

/** What requests of an Azure resource ask, and with what. */
const azure = async (t: Test) => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(askedBy(request))
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json')
      response.end('{"text":"heard"}')
    })
  })
  server.on('upgrade', (request, socket) => {
    asked.push(askedBy(request))
    refuseWith(401, '')(request, socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  return { endpoint: `http://127.0.0.1:${port}`, asked }
}

t.test('AzureOpenAI, with a key', async t => {
  const { endpoint, asked } = await azure(t)
  for (const [name, client] of Object.entries(azureClientsOf(endpoint))) {
    asked.length = 0
    const { error } = await speak(client)
    t.match(error, { code: 'VOX_SERVICE_REFUSED', status: 401 }, name)
    t.same(await upload(client), { texts: ['heard'], error: undefined }, name)
    t.equal(asked.length, 2)
    t.equal(
      asked[0],
      `/openai/v1/realtime?intent=transcription ${apiKey}`,
      name,
    )
    t.match(asked[1], /^\/openai\/deployments\/(ears|gpt-transcribe)\/audio\//)
    t.match(asked[1], apiKey)
  }
})

t.test('AzureOpenAI, with a token of Entra', async t => {
  const { endpoint, asked } = await azure(t)
  const azureADTokenProvider = (): Promise<string> => Promise.resolve('token')
  const options = { azureADTokenProvider, apiVersion, endpoint }
  for (const client of [
    new AzureOpenAI4(options),
    new AzureOpenAI6(options),
    new AzureOpenAI7(options),
  ]) {
    await speak(client)
    const url = '/openai/v1/realtime?intent=transcription'
    t.same(asked.splice(0), [`${url} Bearer token`])
  }
})

t.test('errors of other copies are understood', async t => {
  const error = { message: 'None left.', code: 'insufficient_quota' }
  const body = JSON.stringify({ error })
  const host = await serveHttp(t, refuseWith(429, body), (request, response) =>
    request.resume().on('end', () => {
      const type = { 'content-type': 'application/json', 'x-request-id': 'r7' }
      response.writeHead(429, type).end(body)
    }),
  )
  for (const [name, client] of Object.entries(clientsOf(`http://${host}/v1`))) {
    const said = { code: 'VOX_SERVICE_REFUSED', status: 429 }
    const message = /None left; check the account$/
    const { serviceCode } = { serviceCode: error.code }
    t.match((await speak(client)).error, { ...said, message, serviceCode })
    t.match(
      (await upload(client)).error,
      { ...said, serviceCode, requestId: 'r7' },
      name,
    )
  }
})

t.test(
  'reports an unreachable server with clients of other copies',
  async t => {
    const server = await SpeechServer.listen()
    const { baseURL } = server
    await server.close()
    const gone = clientsOf(baseURL)
    const { host } = new URL(baseURL)
    const said = `nothing accepts connections at ${host} (ECONNREFUSED)`
    for (const [name, client] of Object.entries(gone))
      t.match(
        (await upload(client)).error,
        { code: 'VOX_SERVICE_FAILED', message: said },
        name,
      )
  },
)

t.test('refuses clients that cannot connect in the constructor', async t => {
  const baseURL = 'http://127.0.0.1:9/v1'
  const create = (): void => {}
  const homemade = { baseURL, audio: { transcriptions: { create } } }
  t.throws(() => new RealtimeTranscriber({ client: homemade }), {
    code: 'VOX_OPTION',
    option: 'client',
    message: /package 'openai', version 4 to 7.*; use openaiClient\(\)$/,
  })
  new FileTranscriber({ client: homemade }).destroy()
  for (const client of [undefined, null, {}, { baseURL }, 'sk-key'])
    for (const Stage of [RealtimeTranscriber, FileTranscriber])
      t.throws(() => new Stage({ client: client as never }), {
        code: 'VOX_OPTION',
        option: 'client',
      })
})

t.test('the guide lists these clients, and no others', async t => {
  const guide = new URL('../../docs/guide/network.md', import.meta.url)
  const section = readFileSync(guide, 'utf8')
    .split('## Which clients work')[1]!
    .split('## ')[0]!
  const versions = (name: string): string[] =>
    [...section.matchAll(/\| `(\w+)` of .* version (\d) +\| yes +\| yes +\|/g)]
      .filter(row => row[1] === name)
      .map(row => row[2]!)
  const major = (name: string): string => {
    const file = new URL(
      `../../node_modules/${name}/package.json`,
      import.meta.url,
    )
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as {
      version: string
    }
    return version.split('.')[0]!
  }
  const tested = ['openai4', 'openai6', 'openai7'].map(major)
  t.same(versions('OpenAI'), tested)
  t.same(versions('AzureOpenAI'), tested)
})
