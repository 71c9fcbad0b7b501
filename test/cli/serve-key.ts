import { join } from 'node:path'
import OpenAI, { type APIError } from 'openai'
import t, { type Test } from 'tap'
import { cli, type CliResult } from '../fixtures/cli.ts'
import { startCli } from '../fixtures/cli-process.ts'
import { startServe } from '../fixtures/serve-command.ts'
import { serveProcess } from '../fixtures/serve-process.ts'

const first = 'CANARY-0123456789'
const second = 'CANARY-0123456789-and-more'

/** Everything that can be made to print does. */
const env = {
  DEBUG: '*',
  NODE_DEBUG: 'http,https,net,tls,child_process,undici,fetch',
}

const keepsSecret = (t: Test, { stdout, stderr }: CliResult): void => {
  t.notMatch(stdout, /CANARY/, 'no key on standard output')
  t.notMatch(stderr, /CANARY/, 'no key on standard error')
}

const statusOf = async (baseURL: string, apiKey: string): Promise<number> => {
  const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 })
  const asked = await client.models
    .list()
    .asResponse()
    .catch((error: APIError) => error)
  return asked.status as number
}

/** Asks a server in every way, and looks at what it printed. */
const probe = async (
  t: Test,
  args: readonly string[],
  added: Record<string, string>,
  keys: readonly string[],
): Promise<void> => {
  const options = { env: { ...env, ...added } }
  const words = ['serve', '--port', '0', '--debug', '-v', ...args]
  const child = startCli(words, options)
  const { baseURL, ended, says } = await serveProcess(t, child)
  await says(/set OPENAI_API_KEY to /)
  for (const key of keys) t.equal(await statusOf(baseURL, key), 200)
  const wrong = ['CANARY', `${first}x`, 'CANARY-of-another', 'ek_0123456789']
  for (const key of wrong) t.equal(await statusOf(baseURL, key), 401, key)
  const bare = await fetch(`${baseURL}/models`)
  t.equal(bare.status, 401, 'and none')
  t.notMatch(await bare.text(), /CANARY/)
  const body = new FormData()
  body.append('model', first)
  body.append('file', new File(['x'], `${first}.wav`))
  await fetch(`${baseURL}/audio/transcriptions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${first}` },
    body,
  })
  child.kill('SIGTERM')
  keepsSecret(t, await ended)
}

t.test('keys of a file, one a line, before the environment', async t => {
  const folder = t.testdir({ keys: `${first}\r\n\n  ${second}  \n` })
  const file = join(folder, 'keys')
  const env = { VOXPIPE_API_KEY: 'CANARY-of-another' }
  await probe(t, ['--api-key-file', file], env, [first, second])
})

t.test('a key of the environment', async t => {
  await probe(t, [], { VOXPIPE_API_KEY: `${first}\n` }, [first])
})

t.test('accepts other machines with a key', async t => {
  const options = { env: { VOXPIPE_API_KEY: first } }
  const closed = await startServe(t, ['--host', '0.0.0.0'], options)
  await closed.command.stderr.has(
    /warning: only requests for localhost are accepted; .*--allow/,
  )
  t.match(closed.baseURL, /^http:\/\/127\.0\.0\.1:/)
  t.equal(await statusOf(closed.baseURL, first), 200)
  closed.command.interrupt()
  await closed.command.ended
  const open = await startServe(
    t,
    ['--host', '0.0.0.0', '--allow-host', '127.0.0.2'],
    options,
  )
  const named = open.baseURL.replace('127.0.0.1', '127.0.0.2')
  t.equal(await statusOf(named, first), 200)
  t.notMatch(open.command.stderr.text, /warning/)
  const other = open.baseURL.replace('127.0.0.1', '127.0.0.3')
  t.equal(await statusOf(other, first), 403)
})

t.test('refuses invalid keys', async t => {
  const folder = t.testdir({
    empty: '\n \n',
    spaced: 'CANARY with spaces',
    short: 'CANARY',
  })
  const file = (name: string) => join(folder, name)
  const tries: [string, number, RegExp][] = [
    ['empty', 2, /has no keys; write one per line/],
    ['spaced', 2, /has a key with a space/],
    ['short', 2, /has a key of fewer than 8 characters/],
    ['nowhere', 1, /there is no such file/],
    ['.', 1, /it is a folder/],
  ]
  for (const [name, code, stderr] of tries) {
    const args = ['serve', '--debug', '--api-key-file', file(name)]
    const result = await cli(args, { env })
    t.match(result, { code, stderr, stdout: '' }, name)
    keepsSecret(t, result)
  }
  const given = await cli(['serve', `--api-key=${first}`])
  t.match(given, { code: 2, stderr: /unknown option '--api-key'/ })
  keepsSecret(t, given)
})
