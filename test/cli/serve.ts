import { createServer } from 'node:net'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import OpenAI from 'openai'
import t from 'tap'
import { cli, onlyLine, type CliOptions } from '../fixtures/cli.ts'
import { endedBy, startCli } from '../fixtures/cli-process.ts'
import { startServe } from '../fixtures/serve-command.ts'
import { serveProcess } from '../fixtures/serve-process.ts'
import { jfk, jfkText } from '../fixtures/speech-clips.ts'

/** A command given wrongly: exit code 2 and one line. */
const wrong = async (
  args: string[],
  message: RegExp,
  options: CliOptions = {},
): Promise<void> => {
  const result = await cli(args, options)
  t.match(onlyLine(result), message, args.join(' '))
  t.match(result, { code: 2, stdout: '' })
}

t.test('reports wrong usage in one line', async () => {
  await wrong(
    ['serve', '--host', '0.0.0.0'],
    /a key; give one with --api-key-file FILE or VOXPIPE_API_KEY, or omit/,
  )
  await wrong(['serve', '--host', '::'], /needs a key/, {
    env: { VOXPIPE_API_KEY: ' ' },
  })
  await wrong(['serve', '--model', 'whisper-1'], /'tiny', 'base', got/, {
    recognizer: 'embedded',
  })
  await wrong(['serve', '--model', 'tiny'], /^--model is only for the embedded/)
  await wrong(['serve', '--max-upload-size', '5 stones'], /512MiB or 25MB/)
  await wrong(['serve', 'talk.mp3'], /too many arguments/)
})

t.test('refuses options of other commands', async () => {
  await wrong(['serve', '-f', 'srt'], /^'voxpipe serve' does not take --format/)
  await wrong(['--live', 'serve'], /^'voxpipe serve' does not take --live/)
  await wrong(
    ['serve', '--initial-prompt', 'x'],
    /^'voxpipe serve' does not take --prompt/,
  )
  await wrong([jfk, '--port', '1'], /unknown option '--port'/)
})

t.test('serves until a signal', async t => {
  const serving = await startServe(t, ['--max-duration', '1m'])
  const { baseURL, command } = serving
  t.match(baseURL, /^http:\/\/127\.0\.0\.1:\d+\/v1$/)
  await command.stderr.has(/OPENAI_API_KEY=any\n/)
  t.match(command.stderr.text, `\nexport OPENAI_BASE_URL=${baseURL}\n`)
  const answer = await new OpenAI({
    baseURL,
    apiKey: 'any',
  }).audio.transcriptions.create({
    file: new File([readFileSync(jfk)], 'jfk.wav'),
    model: 'whisper-1',
  })
  t.equal(answer.text, jfkText)
  command.interrupt('SIGTERM')
  const result = await command.ended
  t.equal(result.code, 143)
  t.equal(result.stdout, `${baseURL}\n`, 'nothing else on standard output')
  t.match(
    result.stderr,
    /\nvoxpipe: stopping.*; interrupt again to stop immediately\n$/,
  )
})

t.test('finishes open requests before it stops', async t => {
  const { baseURL, command } = await startServe(t)
  const client = new OpenAI({ baseURL, apiKey: 'any', maxRetries: 0 })
  const bytes = readFileSync(jfk)
  let send: (() => void) | undefined
  const told = new Promise<void>(resolve => (send = resolve))
  async function* slowly(): AsyncGenerator<Uint8Array> {
    yield bytes.subarray(0, 100_000)
    await told
    yield bytes.subarray(100_000)
  }
  const slow = client.audio.transcriptions.create({
    file: Object.assign(slowly(), { name: 'jfk.wav' }),
    model: 'whisper-1',
  })
  const health = baseURL.replace('/v1', '/metrics')
  const isHere = async (): Promise<boolean> =>
    /voxpipe_uploads\{state="running"\} 1/.test(
      await (await fetch(health)).text(),
    )
  while (!(await isHere())) await new Promise(setImmediate)
  command.interrupt()
  await command.stderr.has(
    /stopping: waiting up to 30 s for 0 live sessions and 1 upload/,
  )
  await t.rejects(client.models.list(), 'nobody new comes in')
  send!()
  t.equal((await slow).text, jfkText)
  t.match(await command.ended, { code: 130 })
})

t.test('the second signal ends it immediately', async t => {
  const child = startCli(['serve', '--port', '0'])
  const { baseURL, ended, says } = await serveProcess(t, child)
  const { hostname, port } = new URL(baseURL)
  const request = new AbortController()
  const body = new ReadableStream({ start: c => c.enqueue(new Uint8Array(9)) })
  const never = fetch(`http://${hostname}:${port}/v1/audio/transcriptions`, {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
    body,
    duplex: 'half',
    signal: request.signal,
  }).catch(() => {})
  const metrics = baseURL.replace('/v1', '/metrics')
  while (!/_uploads\{.*\} 1/.test(await (await fetch(metrics)).text()))
    await new Promise(setImmediate)
  child.kill('SIGINT')
  await says(/stopping: /)
  child.kill('SIGINT')
  t.ok(endedBy('SIGINT', await ended))
  request.abort()
  await never
})

t.test('reports a port in use', async t => {
  const other = createServer().listen(0, '127.0.0.1')
  t.teardown(() => other.close())
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  const result = await cli(['serve', '--port', String(port)])
  t.match(onlyLine(result), /the port is in use; choose another with --port/)
  t.match(result, { code: 5, stdout: '' })
  const nowhere = await cli(['serve', '--host', '192.0.2.1', '--port', '0'], {
    env: { VOXPIPE_API_KEY: 'sk-0123456789' },
  })
  t.match(nowhere, { code: 5, stderr: /no such address; choose another/ })
})

t.test('no model and no network', async t => {
  const empty = t.testdir({})
  const result = await cli(['serve', '--port', '0'], {
    recognizer: 'embedded',
    env: {
      VOXPIPE_MODELS: join(empty, 'none'),
      XDG_CACHE_HOME: empty,
      npm_config_registry: 'http://127.0.0.1:9/',
      npm_config_fetch_retries: '0',
    },
  })
  t.match(result, { code: 5, stdout: '', stderr: /voxpipe models fetch tiny/ })
})
