import { once } from 'node:events'
import { readFile, readdir } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import t from 'tap'
import { wordsOf } from '../../../lib/bench/word-errors.ts'
import { findFfmpeg, readCaptions } from '../../../lib/index.ts'
import {
  formOf,
  metric,
  openServer,
  type Part,
  speech,
  until,
  upload,
  words,
  wordsText,
} from '../../fixtures/local-server.ts'
import { jfkText } from '../../fixtures/speech-clips.ts'
import { recognises } from '../../fixtures/recognised.ts'

t.setTimeout(300_000)
const server = await openServer(t)
const running = (of: typeof server) =>
  metric(of, 'voxpipe_uploads{state="running"}')

const body = async (...parts: Part[]): Promise<unknown> => {
  const answer = await upload(server, formOf(...parts))
  const text = await answer.text()
  const isJson = answer.headers.get('content-type') === 'application/json'
  return isJson ? JSON.parse(text) : text
}

const file: Part = ['file', words, 'a.wav']
const heard = (text: unknown): string[] => wordsOf(String(text))

t.test('every format, with the file in front or behind', async t => {
  const answers: Record<string, unknown[]> = {}
  for (const format of ['json', 'text', 'srt', 'vtt', 'verbose_json']) {
    const model: Part = ['model', 'whisper-1']
    const rest: Part[] = [['response_format', format]]
    if (format === 'verbose_json')
      for (const what of ['word', 'segment'])
        rest.push(['timestamp_granularities[]', what])
    const first = await body(file, model, ...rest)
    t.same(await body(model, ...rest, file), first, format)
    t.same(await body(model, file, ...rest), first, format)
    answers[format] = [first]
  }
  const [{ text, usage }] = answers['json'] as [{ text: string; usage: object }]
  recognises(t, text, wordsText)
  t.same(usage, { type: 'duration', seconds: 5 })
  t.equal(answers['text']![0], `${text}\n`)
  t.match(answers['srt']![0], /^1\n00:00:00,\d{3} --> 00:00:\d\d,\d{3}\n\w/)
  t.match(answers['vtt']![0], /^WEBVTT\n\n00:00:00\.\d{3} --> /)
  for (const format of ['srt', 'vtt']) {
    const lines = readCaptions(String(answers[format]![0])).flatMap(
      cue => cue.lines,
    )
    t.same(heard(lines.join(' ')), heard(text), `${format} has the words`)
  }
  const [verbose] = answers['verbose_json'] as [Record<string, unknown>]
  t.match(verbose, {
    task: 'transcribe',
    language: 'english',
    duration: 4.4,
    text,
  })
  const segments = verbose['segments'] as Record<string, number>[]
  t.match(segments[0], { id: 0, seek: 0, tokens: [], text: /^ \w/ })
  t.ok(segments[0]!['avg_logprob']! < 0)
  t.ok(segments[0]!['compression_ratio']! > 0)
  const timed = verbose['words'] as { word: string; start: number }[]
  t.same(heard(timed.map(({ word }) => word).join(' ')), heard(text))
  t.ok(timed.every(({ start }, i) => i === 0 || start >= timed[i - 1]!.start))
})

/** Events of an answer that streams. */
const eventsOf = (text: string): Record<string, unknown>[] => {
  if (!text.endsWith('data: [DONE]\n\n')) throw new Error('it has no end')
  return text
    .split('\n\n')
    .filter(frame => frame.startsWith('data: {'))
    .map(frame => JSON.parse(frame.slice(6)) as Record<string, unknown>)
}

t.test('a stream tells piece by piece what its end tells whole', async t => {
  const model: Part = ['model', 'gpt-4o-transcribe']
  const rest: Part[] = [
    ['stream', 'true'],
    ['include[]', 'logprobs'],
  ]
  const first = eventsOf(String(await body(file, model, ...rest)))
  t.same(eventsOf(String(await body(model, ...rest, file))), first)
  t.same(eventsOf(String(await body(model, file, ...rest))), first)
  const deltas = first.slice(0, -1)
  const done = first.at(-1)!
  t.ok(deltas.every(({ type }) => type === 'transcript.text.delta'))
  t.equal(deltas.map(({ delta }) => delta).join(''), done['text'])
  t.equal(deltas.length, heard(done['text']).length)
  t.same(
    deltas.flatMap(({ logprobs }) => logprobs),
    done['logprobs'],
  )
  t.match(done, { type: 'transcript.text.done', usage: { type: 'tokens' } })
  const old = await body(['model', 'whisper-1'], ['stream', 'true'], file)
  t.match(old, { text: String }, 'whisper-1 does not stream')
  const own = await upload(
    server,
    formOf(['model', 'moonshine-tiny'], ['stream', 'true'], file),
  )
  t.match(own.headers.get('content-type'), 'text/event-stream')
  t.equal(eventsOf(await own.text()).at(-1)!['text'], done['text'])
})

t.test('a recording in progress is heard while it comes', async t => {
  const pcm = speech.subarray(44)
  const pause = Buffer.alloc(2 * 32_000)
  let go: () => void = () => {}
  const first = new Promise<void>(resolve => (go = resolve))
  const part = (name: string, value: string) =>
    `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  const sent = async function* () {
    yield Buffer.from(
      part('model', 'gpt-4o-transcribe') +
        part('stream', 'true') +
        '--b\r\nContent-Disposition: form-data; name="file"; filename="live.wav"\r\n\r\n',
    )
    const header = Buffer.from(speech.subarray(0, 44))
    header.writeUInt32LE(0xffff_ffff, 40)
    yield header
    // Long enough that a look is taken at it before all has come.
    for (let i = 0; i < 3; i++) yield Buffer.concat([pcm, pause])
    await first
    yield pcm
    yield Buffer.from('\r\n--b--\r\n')
  }
  const sending = request(`${server.baseURL}/audio/transcriptions`, {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
  })
  Readable.from(sent()).pipe(sending)
  const [answer] = (await once(sending, 'response')) as [IncomingMessage]
  let text = ''
  for await (const piece of answer) {
    text += String(piece)
    if (text.includes('transcript.text.delta')) go()
  }
  const done = eventsOf(text).at(-1)!
  const text4 = Array.from({ length: 4 }, () => jfkText).join(' ')
  recognises(t, String(done['text']), text4)
})

t.test('every container', async t => {
  const folder = join(import.meta.dirname, '../../fixtures/audio')
  const names = (await readdir(folder)).filter(name => !name.endsWith('.md'))
  for (const name of names) {
    if (/\.(m4a|mp4|mpg)$/.test(name) && !findFfmpeg()) continue
    const bytes = await readFile(join(folder, name))
    const model = /\.(opus|mpg)$/.test(name) ? 'moonshine-tiny' : 'whisper-1'
    const form = formOf(['model', model], ['response_format', 'text'])
    form.append('file', new Blob([bytes]), name)
    const answer = await upload(server, form)
    recognises(t, await answer.text(), jfkText, name)
  }
})

t.test('what it cannot do, it says', async t => {
  const model = (name: string): Part => ['model', name]
  const table: [Part[], number, code: string | null, param: string | null][] = [
    [[file], 400, 'missing_required_parameter', 'model'],
    [[model('whisper-1')], 400, 'missing_required_parameter', 'file'],
    [[model('gpt-9'), file], 404, 'model_not_found', 'model'],
    [[model('gpt-realtime-whisper'), file], 404, 'model_not_found', 'model'],
    [
      [model('gpt-4o-transcribe-diarize'), file],
      400,
      'unsupported_value',
      'model',
    ],
    [
      [model('whisper-1'), ['response_format', 'diarized_json'], file],
      400,
      'unsupported_value',
      'response_format',
    ],
    [
      [model('whisper-1'), ['known_speaker_names[]', 'Ann'], file],
      400,
      'unsupported_value',
      'known_speaker_names',
    ],
    [
      [model('gpt-4o-transcribe'), ['response_format', 'srt'], file],
      400,
      'unsupported_value',
      'response_format',
    ],
    [
      [model('whisper-1'), ['language', 'de'], file],
      400,
      'unsupported_value',
      'language',
    ],
    [
      [
        model('gpt-transcribe'),
        ['languages[]', 'en'],
        ['languages[]', 'fr'],
        file,
      ],
      400,
      'unsupported_value',
      'languages',
    ],
    [
      [
        model('moonshine-tiny'),
        ['stream', 'true'],
        ['response_format', 'srt'],
        file,
      ],
      400,
      'unsupported_value',
      'stream',
    ],
    [
      [model('whisper-1'), file, ['language', 'de']],
      400,
      'unsupported_value',
      'language',
    ],
    [[model('whisper-1'), file, ['model', 'moonshine-base']], 400, null, null],
    [[model('whisper-1'), file, file], 400, null, null],
    [[file, model('whisper-1'), file], 400, null, null],
    [
      [model('whisper-1'), ['file', speech, 'a.bin']],
      400,
      'unsupported_value',
      'file',
    ],
    [
      [['file', speech, 'a.bin'], model('whisper-1')],
      400,
      'unsupported_value',
      'file',
    ],
    [
      [model('whisper-1'), ['file', Buffer.from('no audio at all'), 'a.mp3']],
      400,
      'invalid_value',
      'file',
    ],
    [
      [['file', Buffer.from('no audio at all'), 'a.mp3'], model('whisper-1')],
      400,
      'invalid_value',
      'file',
    ],
    [
      [
        model('gpt-4o-transcribe'),
        ['stream', 'true'],
        ['file', Buffer.alloc(0), 'a.mp3'],
      ],
      400,
      'invalid_value',
      'file',
    ],
    [
      [model('whisper-1'), ['file', speech.subarray(0, 44 + 3_000), 'a.wav']],
      400,
      'audio_too_short',
      'file',
    ],
  ]
  for (const [parts, status, code, param] of table) {
    const answer = await upload(server, formOf(...parts))
    const name = parts
      .map(([a, b]) => `${a}=${typeof b === 'string' ? b : b.length}`)
      .join(' ')
    t.equal(answer.status, status, name)
    t.match(await answer.json(), { error: { code, param } }, name)
  }
})

t.test('English by any name, and what changes nothing', async t => {
  const rest: Part[] = [
    ['prompt', 'a speech'],
    ['temperature', '0.4'],
    ['chunking_strategy', 'auto'],
    ['bogus', 'xyz'],
    ['__proto__', 'x'],
  ]
  for (const language of ['en', 'EN', 'en-GB', 'english'])
    t.match(
      await body(['model', 'whisper-1'], ['language', language], ...rest, file),
      { text: /^And so/ },
    )
  t.match(
    await body(
      ['model', 'gpt-transcribe'],
      ['languages[]', 'en'],
      ['keywords[]', 'country'],
      file,
    ),
    { text: /^And so/, languages: [{ code: 'en' }] },
  )
  t.match(await body(['model', 'moonshine-tiny'], ['file', words, 'noname']), {
    text: /^And so/,
  })
})

t.test('audio that is cut short is heard as far as it goes', async t => {
  const half = words.subarray(0, 90_044)
  const answer = await upload(
    server,
    formOf(['model', 'whisper-1'], ['file', half, 'a.wav']),
  )
  t.equal(answer.headers.get('x-voxpipe-warning'), 'VOX_TRUNCATED')
  t.match(await answer.json(), { text: /^And so/ })
})

t.test('it finishes what is under way before it closes', async t => {
  const own = await openServer(t)
  const answer = upload(own, formOf(['model', 'whisper-1'], file))
  await until(async () => (await running(own)) > 0)
  const closed = own.close()
  t.match(await (await answer).json(), { text: /^And so/ })
  await closed
  await server.close()
})
