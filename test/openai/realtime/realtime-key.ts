import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { SpeechServer, type FaultAction } from '../../../lib/testing/index.ts'
import type { KeyResult, KeyRun } from '../../fixtures/run-with-key.ts'
import { refuseWith, serveHttp } from '../../fixtures/socket-peer.ts'
import { WireServer } from '../../fixtures/wire-server.ts'

/** As keys of others are: nothing in it says that it is one. */
const bare = 'CANARY0123456789abcdefghij'
const canary = `sk-proj-${bare}`

const fixtures = join(import.meta.dirname, '../../fixtures')

/** What Node, OpenAI's client and other packages can be made to print. */
const talkative = {
  OPENAI_LOG: 'debug',
  DEBUG: '*',
  NODE_DEBUG: 'http,https,net,tls,stream',
}

/** Runs in a process of its own; it shows the key nowhere. */
const run = async (t: Test, runs: readonly KeyRun[]) => {
  const loader = join(fixtures, 'loader/register.js')
  const script = join(fixtures, 'run-with-key.ts')
  const child = spawn(
    process.execPath,
    ['--import', loader, script, JSON.stringify(runs)],
    {
      env: { ...process.env, NODE_OPTIONS: '', CANARY: bare, ...talkative },
    },
  )
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ])
  if (code !== 0) throw new Error(`it ended with ${code}: ${stderr}`)
  const lines = stdout.split('\n').filter(line => line.startsWith('{"name"'))
  const results = lines.map(line => JSON.parse(line) as KeyResult)
  t.match(stderr, /NET \d+:/, 'it is talkative')
  t.notMatch(stderr, /CANARY/, 'no key in what is printed')
  for (const { name, seen } of results)
    t.notMatch(seen, /CANARY/, `${name}: no key in what can be seen`)
  t.notMatch(stdout, /CANARY/, 'nor anywhere else')
  return (name: string) => results.find(result => result.name === name)
}

/** What a server says that says too much, with what it was sent. */
const indiscreet = (key: string) => ({
  message: `Wrong: ${key}, Authorization: Bearer ${key}`,
  type: `invalid_${key}`,
  code: key,
  param: key,
  hint: { headers: [`Bearer ${key}`] },
})

const kind = 'conversation.item.input_audio_transcription'

/** Says something indiscreet at each turn, of one kind or another. */
const gossip = (key: string, what: 'error' | 'fatal' | 'failed' | 'close') => {
  let item = 0
  return WireServer.listen(({ type }, say, socket) => {
    if (type !== 'input_audio_buffer.commit') return
    const error = indiscreet(key)
    const about = { item_id: `item_${++item}`, content_index: 0 }
    if (what === 'close') return socket.close(4001, `no ${key}`)
    if (what === 'fatal')
      return say({
        type: 'error',
        error: { ...error, code: 'invalid_api_key' },
      })
    say({ type: 'session.updated', session: { secret: { value: key } } })
    say({ type: 'error', message: key, error })
    say({ type: 'input_audio_buffer.committed', item_id: about.item_id })
    if (what === 'failed') say({ type: `${kind}.failed`, ...about, error })
    else say({ type: `${kind}.completed`, ...about, transcript: 'Words.' })
  })
}

/** What is seen of servers that repeat a key which begins like this. */
const gossipRuns = async (t: Test, before: string) => {
  const key = before + bare
  const body = JSON.stringify({ error: indiscreet(key) })
  const json = await serveHttp(t, refuseWith(401, body, `X-Key: ${key}\r\n`))
  const plain = await serveHttp(t, refuseWith(403, `no ${key}, go`))
  const of = async (what: Parameters<typeof gossip>[1]): Promise<string> => {
    const server = await gossip(key, what)
    t.teardown(() => server[Symbol.asyncDispose]())
    return server.baseURL
  }
  const runs: KeyRun[] = [
    { name: 'json', baseURL: `http://${json}/v1` },
    { name: 'ours', baseURL: `http://${plain}/v1`, client: 'ours' },
    { name: 'azure', baseURL: `http://${plain}/v1`, client: 'Azure' },
    { name: 'said', baseURL: await of('error') },
    { name: 'fatal', baseURL: await of('fatal') },
    { name: 'failed', baseURL: await of('failed') },
    { name: 'closed', baseURL: await of('close') },
  ]
  return runs.map(run => ({ ...run, before, name: `${run.name} ${before}` }))
}

t.test('hides a key that the server repeats in any form', async t => {
  const befores = ['sk-proj-', '']
  const runs = await Promise.all(befores.map(before => gossipRuns(t, before)))
  const find = await run(t, runs.flat())
  const refused = { code: 'VOX_SERVICE_REFUSED' }
  for (const before of befores) {
    const of = (name: string) => find(`${name} ${before}`)
    t.match(of('json'), { ...refused, message: /Wrong: .*check the API key$/ })
    t.match(of('ours'), {
      ...refused,
      message: /no .*, go; check the permissions/,
    })
    t.match(of('azure'), {
      ...refused,
      message: /no .*, go; check the permissions/,
    })
    t.match(of('said'), { code: undefined, finals: 4, seen: /Words/ })
    t.match(of('fatal'), { ...refused, message: /Wrong: .*check the API key$/ })
    t.match(of('failed'), { code: undefined, finals: 0, seen: /'gap'/ })
    t.match(of('closed'), { ...refused, message: /refused the session: no / })
  }
})

t.test('no failure shows the key', async t => {
  const faults = (action: FaultAction) => [{ at: { frame: 7 }, do: action }]
  const keys = [canary]
  await using well = await SpeechServer.listen({ keys })
  await using wrong = await SpeechServer.listen({ keys: ['sk-other'] })
  await using reset = await SpeechServer.listen({
    keys,
    faults: faults('reset'),
  })
  await using expired = await SpeechServer.listen({
    keys,
    faults: faults('expire'),
  })
  await using garbled = await SpeechServer.listen({
    keys,
    faults: faults({ send: `{"type":"error","error":"${canary}` }),
  })
  const gone = await SpeechServer.listen()
  const goneURL = gone.baseURL
  await gone.close()
  const mute = await serveHttp(t, (_, socket) => socket.destroy())
  const of = await run(t, [
    { name: 'well', baseURL: well.baseURL },
    { name: 'ours', baseURL: well.baseURL, client: 'ours' },
    { name: 'wrong', baseURL: wrong.baseURL },
    { name: 'reset', baseURL: reset.baseURL },
    { name: 'expired', baseURL: expired.baseURL },
    { name: 'garbled', baseURL: garbled.baseURL },
    { name: 'gone', baseURL: goneURL },
    { name: 'mute', baseURL: `http://${mute}/v1` },
    { name: 'no TLS', baseURL: `https://${new URL(well.baseURL).host}/v1` },
    { name: 'no DNS', baseURL: 'http://speech.invalid/v1' },
    { name: 'odd', baseURL: well.baseURL, after: `\n${bare}` },
    { name: 'asked', baseURL: well.baseURL, client: 'function' },
  ])
  for (const name of ['well', 'ours', 'reset', 'expired', 'garbled'])
    t.match(of(name), { code: undefined, finals: 4 }, name)
  t.match(of('wrong'), { code: 'VOX_SERVICE_REFUSED' })
  const unreachable: [string, RegExp][] = [
    ['gone', /ECONNREFUSED/],
    ['mute', /socket hang up|ECONNRESET/],
    ['no DNS', /ENOTFOUND|EAI_AGAIN/],
    ['asked', /no token for sk-…/],
  ]
  for (const [name, message] of unreachable)
    t.match(of(name), { code: 'VOX_SERVICE_FAILED', message }, name)
  const final: [string, RegExp][] = [
    ['no TLS', /does not speak TLS: wrong version number/],
    ['odd', /is an invalid header value/],
  ]
  for (const [name, message] of final)
    t.match(of(name), { code: 'VOX_SERVICE_REFUSED', message }, name)
})
