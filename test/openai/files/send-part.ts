import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { inspect } from 'node:util'
import OpenAI from 'openai'
import t from 'tap'
import type { FileTranscriberOptions } from '../../../lib/openai/files/file-transcriber.ts'
import {
  finalsIn,
  jumpingClock,
  runFile,
  shownIn,
} from '../../fixtures/file-runs.ts'
import { jfk } from '../../fixtures/speech-clips.ts'
import {
  CANARY,
  type Reply,
  uploadServer,
} from '../../fixtures/upload-server.ts'

const speech = await readFile(jfk)

const error = (message: string, more: object = {}) => ({
  error: { message, type: 'server_error', code: null, param: null, ...more },
})

/** What comes of answers in a row; the last one is given again and again. */
const tried = async (
  replies: readonly Reply[],
  options: Omit<FileTranscriberOptions, 'client'> = {},
) => {
  const { client, uploads } = await uploadServer(
    t,
    (_, count) => replies[Math.min(count, replies.length) - 1]!,
  )
  const { clock, waits } = jumpingClock()
  const run = await runFile(
    speech,
    { client, stream: false, ...options },
    { clock, random: () => 0 },
  )
  t.notMatch(inspect(run, { depth: Infinity, showHidden: true }), 'CANARY')
  return { ...run, run, uploads, waits }
}

const fine: Reply = { body: { text: 'Ask not.' } }

t.test('retries temporary failures with growing delays', async t => {
  for (const status of [408, 409, 425, 429, 500, 502, 503, 504, 529]) {
    const busy = { status, body: error('Busy') }
    const { run, uploads, waits, warnings } = await tried([busy, busy, fine])
    t.match(finalsIn(run), [{ text: 'Ask not.' }], `${status}`)
    t.same(waits, [500, 1_000])
    t.match(warnings, [
      {
        code: 'VOX_RECONNECTING',
        message: `the service failed (${status}): Busy; voxpipe will send part 1 again in 0.5 s`,
      },
      { code: 'VOX_RECONNECTING' },
    ])
    t.match(run.events.at(-1), { complete: true })
    const sent = await Promise.all(
      uploads.map(({ file }) => file.arrayBuffer()),
    )
    for (const bytes of sent) t.ok(speech.equals(Buffer.from(bytes)))
    t.equal(uploads[2]!.headers.get('x-stainless-retry-count'), '0')
  }
})

t.test('stops after the maximum number of attempts', async t => {
  const busy = { status: 503, body: error('Busy') }
  const { error: problem, uploads, waits } = await tried([busy])
  t.match(problem, {
    code: 'VOX_SERVICE_FAILED',
    retryable: true,
    status: 503,
    requestId: 'req_test',
    message: 'the service failed (503): Busy',
  })
  t.equal(uploads.length, 6)
  t.same(waits, [500, 1_000, 2_000, 4_000, 8_000])
  t.equal((await tried([busy], { maxRetries: 0 })).uploads.length, 1)
})

t.test('waits as long as the service asks for', async t => {
  const at = (headers: Reply['headers']) =>
    tried([{ status: 429, body: error('Slow'), headers: headers! }, fine])
  t.same((await at({ 'retry-after': '7' })).waits, [7_000])
  t.same((await at({ 'retry-after-ms': '12' })).waits, [12])
  t.same((await at({ 'retry-after': 'soon' })).waits, [500])
  const past = new Date(Date.now() - 1_000).toUTCString()
  t.same((await at({ 'retry-after': past })).waits, [0])
  const soon = new Date(Date.now() + 60_000).toUTCString()
  const [ms] = (await at({ 'retry-after': soon })).waits
  t.ok(ms! > 50_000 && ms! <= 60_000, `${ms} ms`)
})

t.test('does not wait beyond the deadline', async t => {
  const headers = { 'retry-after': '40' }
  const busy = { status: 429, body: error('Slow'), headers }
  const { waits, error: problem } = await tried([busy], { retryForMs: 100_000 })
  t.same(waits, [40_000, 40_000])
  t.match(problem, { code: 'VOX_SERVICE_FAILED', status: 429 })
})

t.test(
  'a key of no known form, which the service repeats, is not shown',
  async t => {
    const apiKey = 'CANARY/0123456789'
    const fields = { message: `No: ${apiKey}`, type: apiKey, code: apiKey }
    const headers = { 'x-request-id': apiKey }
    const replies: Reply[] = [
      { status: 400, headers, body: { error: fields } },
      { headers, events: [{ type: 'error', error: fields }] },
    ]
    for (const reply of replies) {
      const { baseURL } = await uploadServer(t, () => reply)
      const client = new OpenAI({ apiKey, baseURL })
      const { error } = await runFile(speech, { client, maxRetries: 0 })
      t.match(error, { message: /: No: …/, serviceCode: '…', requestId: '…' })
      t.notMatch(
        inspect(error, { depth: Infinity, showHidden: true }),
        'CANARY',
      )
    }
  },
)

t.test('does not retry refused requests', async t => {
  for (const [status, code, advice] of [
    [400, 'unsupported_value', ''],
    [401, 'invalid_api_key', '; check the API key'],
    [403, 'unsupported_country', '; check the permissions of the API key'],
    [404, 'model_not_found', '; check the model and the base URL'],
    [405, null, ''],
    [422, null, ''],
    [429, 'insufficient_quota', '; check the account'],
    [307, null, '; redirects are not followed: check the base URL'],
  ] as const) {
    const said = `No: ${CANARY}, Bearer ${CANARY}\nsecond line`
    const type = status === 429 ? 'insufficient_quota' : 'invalid_request_error'
    const body = error(said, { type, code, param: 'response_format' })
    const headers = { location: '/v1/elsewhere' }
    const run = await tried([{ status, body, headers }])
    t.match(run.error, {
      code: 'VOX_SERVICE_REFUSED',
      retryable: false,
      status,
      serviceCode: code ?? type,
      requestId: 'req_test',
      message: `the service refused the request (${status}): No: …, Bearer … second line${advice}`,
    })
    t.equal(run.uploads.length, 1)
    t.same(
      run.events.map(({ type }) => type),
      ['start'],
    )
  }
})

t.test('x-should-retry decides, where it is there', async t => {
  const status = 400
  const yes = {
    status,
    body: error('Once more'),
    headers: { 'x-should-retry': 'true' },
  }
  t.equal((await tried([yes, fine])).uploads.length, 2)
  const no = {
    status: 503,
    body: error('Never'),
    headers: { 'x-should-retry': 'false' },
  }
  const { uploads, error: problem } = await tried([no])
  t.equal(uploads.length, 1)
  t.match(problem, { code: 'VOX_SERVICE_FAILED', status: 503 })
})

t.test('an error without a body, or with another', async t => {
  for (const body of ['', 'Bad gateway', '<html>'])
    t.match(await tried([{ status: 502, body }, fine]), {
      warnings: [{ message: /^the service failed \(502\)/ }],
    })
  // The service sends the error of a bad key as text.
  const json = JSON.stringify(error('Wrong', { code: 'invalid_api_key' }))
  t.match(await tried([{ status: 401, body: json }]), {
    error: { serviceCode: 'invalid_api_key', message: /Wrong/ },
  })
})

const delta = (text: string) => ({ type: 'transcript.text.delta', delta: text })
const whole = [
  delta('And'),
  delta(' so'),
  delta(' my'),
  { type: 'transcript.text.done', text: 'And so my' },
]

for (const [name, cut] of Object.entries({
  'ends early': { events: [delta('And'), delta(' so')] },
  'breaks off': { events: [delta('And'), delta(' so')], finish: 'reset' },
  'turns to nonsense': { events: [delta('And'), delta(' so'), 'data: {\n\n'] },
  'tells an error': { events: [delta('And'), delta(' so'), error('Oops')] },
} satisfies Record<string, Reply>))
  t.test(`a stream that ${name} is sent again, and shown once`, async t => {
    const { run, uploads } = await tried([cut, { events: whole }], {
      stream: true,
    })
    t.equal(uploads.length, 2)
    // A broken connection may take with it what had been sent.
    t.same(shownIn(run), { 'part-1': 'And so my' })
    t.match(finalsIn(run), [{ text: 'And so my' }])
  })

t.test(
  'text that comes out otherwise is not shown, until the final',
  async t => {
    const events = [
      delta('And'),
      delta(' sold'),
      { type: 'transcript.text.done', text: 'And sold' },
    ]
    const { run } = await tried(
      [{ events: [delta('And'), delta(' so,')] }, { events }],
      { stream: true },
    )
    t.same(shownIn(run), { 'part-1': 'And so,' })
    t.match(finalsIn(run), [{ text: 'And sold' }])
  },
)

t.test('gives up on a silent service', async t => {
  const silent: Reply = { events: [delta('And')], finish: 'hang' }
  const { run, uploads } = await tried([silent, { events: whole }], {
    stream: true,
    timeoutMs: 60,
  })
  t.ok(uploads.length >= 2)
  t.same(shownIn(run), { 'part-1': 'And so my' })
  t.match(run.warnings[0], { message: /no data arrived for 0\.06 s/ })
})

const refusedPort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

t.test('fails if the service stays unreachable', async t => {
  const baseURL = `http://127.0.0.1:${await refusedPort()}/v1`
  const client = new OpenAI({ apiKey: CANARY, baseURL })
  const { clock, waits } = jumpingClock()
  const run = await runFile(speech, { client }, { clock })
  t.match(run.error, {
    code: 'VOX_SERVICE_FAILED',
    status: undefined,
    message:
      /^the service cannot be reached: .*ECONNREFUSED.*; check the network/,
  })
  t.equal(waits.length, 5)
  t.ok(waits.every((ms, i) => ms > 375 * 2 ** i && ms <= 500 * 2 ** i))
  t.notMatch(inspect(run, { depth: Infinity, showHidden: true }), 'CANARY')
  t.equal((run.error as Error).cause, undefined)
})

t.test('reports a web page immediately', async t => {
  const body = '<!doctype html><title>Log in</title>'
  const headers = { 'content-type': 'text/html' }
  for (const status of [200, 403, 404]) {
    const { client, uploads } = await uploadServer(t, () => ({
      status,
      headers,
      body,
    }))
    const { error } = await runFile(speech, { client })
    t.match(error, {
      code: 'VOX_SERVICE_REFUSED',
      message:
        /cannot be reached: the address answered with a web page .*; check the base URL, and whether/,
    })
    t.equal(uploads.length, 1, 'it is not tried again')
  }
})

t.test('retries after a web page with a temporary status', async t => {
  for (const status of [408, 429, 503]) {
    let asked = 0
    const headers = { 'content-type': 'text/html', 'retry-after': '1' }
    const { client, uploads } = await uploadServer(t, () =>
      asked++ === 0
        ? { status, headers, body: '<!doctype html><title>Later</title>' }
        : { events: whole },
    )
    const { clock } = jumpingClock()
    const { error } = await runFile(speech, { client }, { clock })
    t.equal(error, undefined, `${status}`)
    t.equal(uploads.length, 2)
  }
})

t.test('a request is cancelled with the stage', async t => {
  const { client, uploads } = await uploadServer(t, () => {
    abort.abort(new Error('enough'))
    return { events: [delta('And')], finish: 'hang' }
  })
  const abort = new AbortController()
  const { signal } = abort
  const run = await runFile(speech, { client, signal })
  t.match(run.error, { name: 'AbortError', cause: { message: 'enough' } })
  t.equal(uploads.length, 1)
})

t.test('cancels a delay with the stage', async t => {
  const abort = new AbortController()
  const { client } = await uploadServer(t, () => ({ status: 503, body: '' }))
  let cancelled = 0
  const clock = {
    now: () => 0,
    after: () => {
      abort.abort()
      return () => void cancelled++
    },
  }
  const { signal } = abort
  const run = await runFile(speech, { client, signal }, { clock })
  t.match(run.error, { name: 'AbortError' })
  t.equal(cancelled, 1)
})
