import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { text as textOf } from 'node:stream/consumers'
import t from 'tap'
import { openServer } from '../../fixtures/local-server.ts'
import { jfk, jfkText } from '../../fixtures/speech-clips.ts'

const noCurl = spawnSync('curl', ['--version']).error
  ? 'there is no curl'
  : false

const { baseURL, url } = await openServer(t)
const path = `${baseURL}/audio/transcriptions`

/** Runs it with the clip on its standard input. */
const curl = async (...args: string[]): Promise<string> => {
  const child = spawn('curl', ['--silent', '--show-error', ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const sent = pipeline(createReadStream(jfk), child.stdin).catch(() => {})
  const [[code], output] = await Promise.all([
    once(child, 'close') as Promise<[number]>,
    textOf(child.stdout),
    sent,
  ])
  t.equal(code, 0, 'curl ends well')
  return output
}

const form = (...fields: string[]): string[] =>
  fields.flatMap(field => ['-F', field])

t.test('a form with a file', { skip: noCurl }, async t => {
  const json = await curl(path, ...form(`file=@${jfk}`, 'model=whisper-1'))
  t.match(JSON.parse(json), { text: jfkText })
})

t.test('from a pipe, the file before all else', { skip: noCurl }, async t => {
  const output = await curl(
    path,
    ...form('file=@-;filename=talk.wav', 'model=whisper-1'),
    ...form('response_format=text'),
  )
  t.equal(output, `${jfkText}\n`)
})

t.test('in chunks, of no known length', { skip: noCurl }, async t => {
  const headers = ['Transfer-Encoding: chunked', 'Expect: 100-continue']
  const output = await curl(
    path,
    ...headers.flatMap(header => ['-H', header]),
    ...form('model=scripted', 'response_format=text', 'file=@-'),
  )
  t.equal(output, `${jfkText}\n`)
})

t.test('a stream, as it is decoded', { skip: noCurl }, async t => {
  const output = await curl(
    path,
    '--no-buffer',
    ...form(`file=@${jfk}`, 'model=gpt-4o-transcribe', 'stream=true'),
  )
  const frames = output.split('\n\n').filter(frame => frame !== '')
  t.equal(frames.pop(), 'data: [DONE]')
  const events = frames.map(
    frame => JSON.parse(frame.replace(/^data: /, '')) as Record<string, string>,
  )
  const deltas = events.map(({ delta = '' }) => delta).join('')
  t.equal(events.at(-1)!['type'], 'transcript.text.done')
  t.equal(events.at(-1)!['text'], deltas)
  t.equal(deltas, jfkText)
})

t.test('serves the other endpoints', { skip: noCurl }, async t => {
  t.match(JSON.parse(await curl(`${url}/health`)), { status: 'ok' })
  t.match(JSON.parse(await curl(`${baseURL}/models`)), { object: 'list' })
  const metrics = await curl(`${url}/metrics`)
  t.match(metrics, /^voxpipe_audio_seconds_total\{via="upload"\} (33|44)$/m)
})

t.test('errors describe the problem', { skip: noCurl }, async t => {
  const code = ['-w', ' %{http_code}']
  const refused = await curl(path, ...code, ...form('model=whisper-1'))
  t.match(refused, /^\{"error":\{.*"param":"file".*\}\} 400$/)
  t.match(await curl(`${baseURL}/nothing`, ...code), / 404$/)
})
