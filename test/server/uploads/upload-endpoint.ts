import { once } from 'node:events'
import { readFile, readdir } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import t from 'tap'
import { findFfmpeg } from '../../../lib/audio/index.ts'
import { readCaptions } from '../../../lib/captions/index.ts'
import { HttpError } from '../../../lib/server/http-messages.ts'
import { Admission } from '../../../lib/server/uploads/upload-endpoint.ts'
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
import { jfkStart, jfkText } from '../../fixtures/speech-clips.ts'
import { jfkRecognizer, jfkWords } from '../../fixtures/scripted.ts'

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

/** What is said in it. */
const said = jfkWords.slice(0, 7)
const logprobs = said.map(({ probability }) => Math.log(probability!))

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
  t.same(answers['json'], [
    { text: wordsText, usage: { type: 'duration', seconds: 5 } },
  ])
  t.equal(answers['text']![0], `${wordsText}\n`)
  t.match(answers['srt']![0], /^1\n00:00:00,\d{3} --> 00:00:\d\d,\d{3}\n\w/)
  t.match(answers['vtt']![0], /^WEBVTT\n\n00:00:00\.\d{3} --> /)
  for (const format of ['srt', 'vtt']) {
    const lines = readCaptions(String(answers[format]![0])).flatMap(
      cue => cue.lines,
    )
    t.equal(lines.join(' '), wordsText, `${format} has the words`)
  }
  const [verbose] = answers['verbose_json'] as [Record<string, unknown>]
  t.match(verbose, {
    task: 'transcribe',
    language: 'english',
    duration: 4.4,
    text: wordsText,
  })
  const segments = verbose['segments'] as Record<string, number>[]
  t.equal(segments.length, 1)
  t.match(segments[0], { id: 0, seek: 0, tokens: [], text: ` ${wordsText}` })
  const sum = logprobs.reduce((sum, one) => sum + one)
  t.ok(Math.abs(segments[0]!['avg_logprob']! - sum / logprobs.length) < 1e-9)
  t.ok(segments[0]!['compression_ratio']! > 0)
  t.same(
    verbose['words'],
    said.map(({ text, start, end }) => ({
      word: text,
      start: start / 1_000,
      end: end / 1_000,
    })),
  )
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
  t.equal(done['text'], wordsText)
  t.same(
    deltas.flatMap(({ logprobs }) => logprobs),
    done['logprobs'],
  )
  t.same(
    (done['logprobs'] as { logprob: number }[]).map(({ logprob }) => logprob),
    logprobs,
  )
  t.match(done, { type: 'transcript.text.done', usage: { type: 'tokens' } })
  const old = await body(['model', 'whisper-1'], ['stream', 'true'], file)
  t.match(old, { text: String }, 'whisper-1 does not stream')
  const own = await upload(
    server,
    formOf(['model', 'scripted'], ['stream', 'true'], file),
  )
  t.match(own.headers.get('content-type'), 'text/event-stream')
  t.equal(eventsOf(await own.text()).at(-1)!['text'], done['text'])
})

t.test('a recording in progress is heard while it comes', async t => {
  const server = await openServer(t, {
    recognizer: jfkRecognizer({ repeatMs: 13_000 }),
  })
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
  const events = eventsOf(text)
  const done = events.at(-1)!
  t.equal(done['text'], Array.from({ length: 4 }, () => jfkText).join(' '))
  t.equal(
    events.map(({ delta }) => delta).join(''),
    done['text'],
    'deltas join to the whole, with spaces between turns',
  )
})

t.test('every container', async t => {
  const folder = join(import.meta.dirname, '../../fixtures/audio')
  const names = (await readdir(folder)).filter(name => !name.endsWith('.md'))
  for (const name of names) {
    if (/\.(m4a|mp4|mpg)$/.test(name) && !findFfmpeg()) continue
    const bytes = await readFile(join(folder, name))
    const model = /\.(opus|mpg)$/.test(name) ? 'scripted' : 'whisper-1'
    const form = formOf(['model', model], ['response_format', 'text'])
    form.append('file', new Blob([bytes]), name)
    const answer = await upload(server, form)
    t.equal(await answer.text(), `${jfkText}\n`, name)
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
      [model('scripted'), ['stream', 'true'], ['response_format', 'srt'], file],
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
    [[model('whisper-1'), file, ['model', 'scripted']], 400, null, null],
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
      { text: wordsText },
    )
  t.match(
    await body(
      ['model', 'gpt-transcribe'],
      ['languages[]', 'en'],
      ['keywords[]', 'country'],
      file,
    ),
    { text: wordsText, languages: [{ code: 'en' }] },
  )
  t.match(await body(['model', 'scripted'], ['file', words, 'noname']), {
    text: wordsText,
  })
})

t.test('audio that is cut short is heard as far as it goes', async t => {
  const half = words.subarray(0, 90_044)
  const answer = await upload(
    server,
    formOf(['model', 'whisper-1'], ['file', half, 'a.wav']),
  )
  t.equal(answer.headers.get('x-voxpipe-warning'), 'VOX_TRUNCATED')
  t.match(await answer.json(), { text: jfkStart })
})

t.test('it finishes what is under way before it closes', async t => {
  let release = (): void => {}
  const held = new Promise<void>(resolve => (release = resolve))
  const recognizer = jfkRecognizer({ onJob: () => held })
  const own = await openServer(t, { recognizer })
  const answer = upload(own, formOf(['model', 'whisper-1'], file))
  await until(() => recognizer.jobs.length > 0)
  t.equal(await running(own), 1)
  const closed = own.close()
  release()
  t.match(await (await answer).json(), { text: wordsText })
  await closed
  t.notOk(recognizer.closed, 'whoever made the recogniser closes it')
})

const { signal } = new AbortController()

t.test(
  'who waits comes in in order; who comes too late is refused',
  async t => {
    const told: string[] = []
    const admission = new Admission(
      { maxUploads: 1, maxWaiting: 2 },
      (running, waiting) => told.push(`${running}/${waiting}`),
    )
    const order: number[] = []
    const leave = await admission.enter(signal)
    const waiting = [1, 2].map(async n => {
      const leave = await admission.enter(signal)
      order.push(n)
      leave()
    })
    const refused = await admission
      .enter(signal)
      .catch((error: unknown) => error)
    t.ok(refused instanceof HttpError)
    t.match(refused, {
      status: 429,
      error: { type: 'requests', code: 'rate_limit_exceeded' },
      headers: { 'retry-after': /^\d+$/ },
    })
    leave()
    leave()
    await Promise.all(waiting)
    t.same(order, [1, 2])
    t.equal(told.at(-1), '0/0')
    t.ok(told.includes('1/2'))
  },
)

t.test('who leaves the queue frees a place in it', async t => {
  const admission = new Admission({ maxUploads: 1, maxWaiting: 1 })
  const leave = await admission.enter(signal)
  const abort = new AbortController()
  const gone = t.rejects(admission.enter(abort.signal), /gone/)
  abort.abort(new Error('gone'))
  await gone
  await t.rejects(admission.enter(abort.signal), /gone/)
  const next = admission.enter(signal)
  leave()
  ;(await next)()
})
