import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { cli, type CliOptions, type CliResult } from '../fixtures/cli.ts'
import { resultOf, startCli } from '../fixtures/cli-process.ts'
import {
  canary,
  environment,
  keepsSecret,
  serve,
  twoTurns,
} from '../fixtures/openai-cli.ts'
import { program } from '../fixtures/programs.ts'
import { refuseWith, serveHttp } from '../fixtures/socket-peer.ts'
import { jfk } from '../fixtures/speech-clips.ts'
import { WireServer } from '../fixtures/wire-server.ts'

const wordy = ['--engine', 'openai', '--debug', '-v']

/** Runs a command that is as talkative as can be. */
const run = async (
  t: Test,
  args: readonly string[],
  { env = {}, ...options }: CliOptions = {},
): Promise<CliResult> => {
  const result = await cli([...args, ...wordy], {
    ...options,
    env: { ...environment(), ...env },
  })
  keepsSecret(t, result)
  return result
}

/** Runs it in a process where all that can be made to print does. */
const runProcess = async (
  t: Test,
  args: readonly string[],
  { env = {}, input = '' }: Pick<CliOptions, 'env' | 'input'> = {},
): Promise<CliResult> => {
  const child = startCli([...args, ...wordy], {
    env: {
      ...environment(),
      DEBUG: '*',
      NODE_DEBUG: 'http,https,net,tls,child_process,undici,fetch',
      ...env,
    },
  })
  child.stdin!.end(input)
  const result = await resultOf(child)
  keepsSecret(t, result)
  t.match(result.stderr, /^[A-Z]+ \d+: /m, 'Node prints as well')
  return result
}

/** Environment with an `arecord` of this script, and nothing else to record. */
const recorder = (t: Test, script: string): Record<string, string> => {
  const folder = t.testdir({ bin: {} })
  program(join(folder, 'bin'), 'arecord', `PATH=/usr/bin:/bin\n${script}`)
  return { PATH: join(folder, 'bin'), VOXPIPE_FFMPEG: '' }
}

const skip = process.platform === 'linux' ? false : 'needs Linux'

t.test('shows no key in commands without a service', async t => {
  const server = await serve(t)
  const env = {
    OPENAI_BASE_URL: server.baseURL,
    XDG_CACHE_HOME: t.testdir({}), // where a model could be put
  }
  const commands: [string[], number][] = [
    [[], 2],
    [['--help'], 0],
    [['--version'], 0],
    [['models'], 0],
    [['models', 'list', '-f', 'json'], 0],
    [['models', 'fetch', 'nonsense'], 2],
    [['doctor'], 0],
    [['choose', '--live', '-f', 'json'], 0],
    [['choose', '--nonsense'], 2],
    [['nowhere.wav'], 1],
  ]
  for (const [args, code] of commands)
    t.equal((await run(t, args, { env })).code, code, args.join(' '))
  t.equal((await runProcess(t, ['doctor'], { env })).code, 0)
  t.equal(server.requests.length + server.connections, 0)
})

t.test('shows no key in a demo that succeeds or fails', async t => {
  const well = await serve(t, { keys: [canary] })
  const wrong = await serve(t, { keys: ['sk-other'] })
  const env = { OPENAI_BASE_URL: well.baseURL }
  t.match(await run(t, ['demo'], { env }), { code: 0 })
  const refused = { OPENAI_BASE_URL: wrong.baseURL }
  t.match(await run(t, ['demo'], { env: refused }), { code: 4 })
  t.equal(well.requests.length, 1)
})

t.test('the microphone', { skip }, async t => {
  const server = await serve(t, { keys: [canary] })
  const pcm = join(t.testdir({ pcm: twoTurns }), 'pcm')
  const base = { OPENAI_BASE_URL: server.baseURL }
  const seen = join(t.testdirName, 'seen')
  const env = recorder(t, `env > '${seen}'; cat '${pcm}'; exit 1`)
  const told = await runProcess(t, ['mic'], { env: { ...base, ...env } })
  t.equal(told.code, 5)
  t.notMatch(readFileSync(seen, 'utf8'), /CANARY/, 'nor does a recorder get it')
})

t.test('servers that repeat the key, of whatever form', async t => {
  const OPENAI_API_KEY = 'CANARY0123456789abcdefghij'
  const said = `no ${OPENAI_API_KEY}, Authorization: Bearer ${OPENAI_API_KEY}`
  const error = { message: said, type: OPENAI_API_KEY, code: OPENAI_API_KEY }
  const body = JSON.stringify({ error })
  const refuses = await serveHttp(
    t,
    refuseWith(403, body),
    (_, response) => void response.writeHead(403).end(body),
  )
  let item = 0
  await using fails = await WireServer.listen(({ type }, say) => {
    if (type !== 'input_audio_buffer.commit') return
    const item_id = `item_${++item}`
    const kind = 'conversation.item.input_audio_transcription'
    say({ type: 'error', error })
    say({ type: 'input_audio_buffer.committed', item_id })
    say({ type: `${kind}.failed`, item_id, content_index: 0, error })
  })
  const live = ['--raw', 's16le:16000', '-', '--live']
  const words = [...live, '--model', 'gpt-transcribe']
  const input = twoTurns.subarray(0, 2.5 * 32_000)
  const env = { OPENAI_API_KEY, OPENAI_BASE_URL: `http://${refuses}/v1` }
  t.match(await runProcess(t, [jfk], { env }), { code: 4, stderr: /no …/ })
  const refused = await run(t, words, { env, input })
  t.match(refused, { code: 4, stderr: /refused the session: no …/ })

  const folder = t.testdir({})
  const args = [...words, '-f', 'all', '-o', `${folder}/`]
  const failed = await runProcess(t, args, {
    env: { OPENAI_API_KEY, OPENAI_BASE_URL: fails.baseURL },
    input,
  })
  t.match(failed, { code: 3, stderr: /warning: .*the server says: no …/ })
  const names = readdirSync(folder)
  t.ok(names.includes('stdin.jsonl'))
  for (const name of names) {
    const written = readFileSync(join(folder, name), 'utf8')
    t.notMatch(written, /CANARY/, `nor is it in ${name}`)
  }
})
