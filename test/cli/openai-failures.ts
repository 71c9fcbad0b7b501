import { resolve } from 'node:path'
import t from 'tap'
import { cli, onlyLine } from '../fixtures/cli.ts'
import {
  ask,
  canary,
  environment,
  keepsSecret,
  serve,
  twoTurns,
} from '../fixtures/openai-cli.ts'
import { jfk, jfkText } from '../fixtures/speech-clips.ts'

const mp3 = resolve(import.meta.dirname, '../fixtures/audio/jfk.mp3')
const live = ['--raw', 's16le:16000', '-', '--live']
const openai = ['--engine', 'openai']

/** What live speech leaves whose turns nobody transcribes. */
const onlyGaps = /^(\[inaudible [\d:]+-[\d:]+\]\n)*$/

t.test('no key', async t => {
  const env = { ...environment(), OPENAI_API_KEY: '' }
  const result = await cli([...openai, jfk, jfk], { env })
  t.match(result, { code: 4, stdout: '' })
  t.match(onlyLine(result), /^there is no key for OpenAI: set OPENAI_API_KEY/)
  const server = await serve(t)
  const here = await ask(t, server, [jfk], { env: { OPENAI_API_KEY: '' } })
  t.match(here, { code: 0 }, 'a server on this machine asks for none')
})

t.test('a wrong key ends it at once', async t => {
  const server = await serve(t, { keys: ['sk-other'] })
  const files = await cli([...openai, jfk, mp3], { env: environment(server) })
  keepsSecret(t, files)
  t.match(files, { code: 4, stdout: '' })
  t.match(files.stderr, /Incorrect API key.*; check the API key\n/)
  t.match(files.stderr, /0 of 2 inputs done; failed: .*jfk\.wav; 1 not started/)
  t.equal(server.requests.length, 1)
  const spoken = await ask(t, server, live, { input: twoTurns })
  t.match(spoken, { code: 4, stdout: onlyGaps })
  t.match(spoken.stderr, /Incorrect API key/)
})

/** An answer as the service would never give it. */
const indiscreet = {
  error: {
    message: `Authorization: Bearer ${canary}, or ${canary}?`,
    type: 'invalid_request_error',
    param: null,
    code: canary,
  },
}

t.test('shows no key, whatever a service says', async t => {
  const server = await serve(t, {
    respond: () => ({ status: 401, body: indiscreet }),
    handshakeStatus: 403,
  })
  t.match(await ask(t, server, [jfk]), { code: 4, stdout: '' })
  const spoken = await ask(t, server, live, { input: twoTurns })
  t.match(spoken, { code: 4, stdout: onlyGaps })
})

t.test('a file that is refused does not stop the others', async t => {
  const server = await serve(t, {
    respond: (_, attempt) =>
      attempt === 1 ? { status: 400, body: indiscreet } : undefined,
  })
  const result = await ask(t, server, [jfk, mp3])
  t.match(result, { code: 3, stdout: `${jfkText}\n` })
  t.match(result.stderr, /1 of 2 inputs done; failed: .*jfk\.wav\n/)
})

t.test('refuses unsupported options before sending anything', async t => {
  const server = await serve(t)
  const wrong: [string[], RegExp][] = [
    [['--model', 'gpt-live-transcribe'], /cannot transcribe files/],
    [['--live', '--model', 'gpt-4o-transcribe-diarize'], /not transcribe live/],
    [
      ['--model', 'gpt-transcribe', '--word-timestamps'],
      /not available from 'gpt-transcribe': .* 'whisper-1'/,
    ],
    [['--language', 'elvish'], /must be a code such as 'en'/],
  ]
  for (const [words, message] of wrong) {
    const result = await ask(t, server, [jfk, ...words])
    t.match(result, { code: 2, stdout: '', stderr: message })
  }
  t.equal(server.requests.length + server.connections, 0)
})

t.test('no command shows the key', async t => {
  const env = environment()
  const doctor = await cli(['doctor', '--debug', '-v'], { env })
  keepsSecret(t, doctor)
  t.match(doctor.stdout, /^ok +OpenAI key: set \(https:/m)
  const flag = await cli([`--api-key=${canary}`, jfk], { env })
  keepsSecret(t, flag)
  t.match(flag, { code: 2, stderr: /unknown option '--api-key'; see/ })
  const url = await cli([jfk, ...openai, '--debug'], {
    env: { ...env, OPENAI_BASE_URL: `https://u:${canary}@example.com/v1` },
  })
  keepsSecret(t, url)
  t.match(url, { code: 2, stdout: '' })
})
