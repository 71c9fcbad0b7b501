import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { findFfmpeg } from '../../lib/io/ffmpeg.ts'
import { CliRun } from '../fixtures/cli.ts'
import {
  ask,
  environment,
  keepsSecret,
  serve,
  twoTurns,
} from '../fixtures/openai-cli.ts'
import { jfk, jfkText } from '../fixtures/speech-clips.ts'

const clips = resolve(import.meta.dirname, '../fixtures/audio')
const raw = ['--raw', 's16le:16000', '-']

t.test('files of several formats', async t => {
  const server = await serve(t)
  const formats = ['mp3', 'flac', 'ogg', 'webm']
  if (findFfmpeg()) formats.push('m4a', 'mpg')
  const files = [jfk, ...formats.map(name => join(clips, `jfk.${name}`))]
  const { code, stdout, stderr } = await ask(t, server, files)
  t.equal(code, 0)
  t.equal(stdout, files.map(() => `${jfkText}\n`).join(''))
  t.notMatch(stderr, /error|warning/)
  for (const { fields } of server.requests)
    t.match(fields, { model: ['gpt-transcribe'] })
  const names = server.requests.map(({ file }) => file?.name)
  t.same(
    names.map(name => name?.split('.')[1]),
    ['wav', ...formats.map(name => (name === 'mpg' ? 'mpeg' : name))],
  )
})

t.test('sends the requested options', async t => {
  const server = await serve(t)
  const wishes = ['--initial_prompt', 'A speech.', '--language', 'pt-BR']
  await ask(t, server, [jfk, ...wishes, '--keyword', 'A', '--keyword', 'B'])
  t.match(server.requests[0]?.fields, {
    model: ['gpt-transcribe'],
    prompt: ['A speech.'],
    'languages[]': ['pt'],
    'keywords[]': ['A', 'B'],
  })
  const times = ['--word_timestamps', 'True', '--language', 'qu', jfk, jfk]
  const { stderr } = await ask(t, server, times)
  t.equal(
    stderr.split('whisper-1 will be shut down').length,
    2,
    'it ends: told once',
  )
  t.match(
    stderr,
    /^voxpipe: warning: no accuracy figures are published for 'qu'/m,
  )
  t.match(server.requests[1]?.fields, {
    model: ['whisper-1'],
    'timestamp_granularities[]': ['word', 'segment'],
  })
})

t.test('captions and JSON have the times of words', async t => {
  const server = await serve(t)
  const dir = t.testdir()
  const result = await ask(t, server, [jfk, '-f', 'all', '-o', `${dir}/`])
  t.equal(result.code, 0)
  t.match(server.requests[0]?.fields, { model: ['whisper-1'] })
  const read = (name: string): string => readFileSync(join(dir, name), 'utf8')
  t.match(read('jfk.srt'), /^1\n00:00:00,000 --> /)
  const json = JSON.parse(read('jfk.json')) as { words: { word: string }[] }
  t.equal(json.words.length, jfkText.split(' ').length)
  t.match(JSON.parse(read('jfk.jsonl').split('\n')[0]!), {
    engine: 'openai',
    model: 'whisper-1',
  })
  for (const name of readdirSync(dir)) t.notMatch(read(name), /CANARY/)
  const words = ['--model', 'gpt-transcribe', '-f', 'srt']
  const long = ['--raw', 's16le:8000', '-'] // at half the speed
  const pcm = readFileSync(jfk).subarray(44)
  const untimed = await ask(t, server, [...words, ...long], { input: pcm })
  t.match(untimed.stderr, /warning: .*: this model returns no word times, so/)
})

t.test('standard input, headerless PCM, a limit', async t => {
  const server = await serve(t)
  const piped = await ask(t, server, ['-'], { input: readFileSync(jfk) })
  t.match(piped, { code: 0, stdout: `${jfkText}\n` })
  const headerless = await ask(t, server, raw, { input: twoTurns })
  t.match(headerless, { code: 0, stdout: `${jfkText}\n` })
  t.match(server.requests[1]?.file, { name: /\.wav$/, type: 'audio/wav' })
  const capped = await ask(t, server, [jfk, '--max-duration', '2s'])
  t.match(capped, { code: 3, stdout: `${jfkText}\n` })
  t.ok(server.requests[2]!.file!.bytes < 66_000)
})

t.test('live', async t => {
  const server = await serve(t)
  const live = [...raw, '--live', '-f', 'jsonl', '--keyword', 'country']
  const { code, stdout } = await ask(t, server, live, { input: twoTurns })
  t.equal(code, 0)
  const events = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as { type: string; text?: string })
  t.match(events[0], { type: 'start', model: 'gpt-live-transcribe' })
  t.ok(events.some(({ type }) => type === 'delta'))
  t.match(
    events.filter(({ type }) => type === 'final'),
    [{ text: 'Turn 1.' }, { text: 'Turn 2.' }],
  )
  t.match(events.at(-1), { type: 'end', duration: 5_000, complete: true })
  t.equal(server.requests.length, 0, 'nothing is uploaded')
})

t.test('Ctrl-C ends live speech with what was said', async t => {
  const server = await serve(t)
  const command = new CliRun(['--engine', 'openai', ...raw, '--live'], {
    env: environment(server),
  })
  command.stdin.write(twoTurns)
  await command.stdout.has(/./)
  command.interrupt()
  const result = await command.ended
  keepsSecret(t, result)
  t.equal(result.code, 130)
  t.match(result.stdout, /^Turn 1\./)
  t.match(result.stderr, /^voxpipe: stopping: .*\nvoxpipe: stopped before/)
})

t.test('reports a gap with exit code 3', async t => {
  const server = await serve(t, {
    faults: [{ at: { commit: 1 }, do: 'fail-transcription', times: 100 }],
  })
  const live = [...raw, '--live']
  const result = await ask(t, server, live, { input: twoTurns })
  t.match(result, { code: 3, stdout: /^\[inaudible 00:00:00-00:00:0\d\]\n/ })
  t.match(result.stderr, /could not be transcribed; marked as gaps/)
})
