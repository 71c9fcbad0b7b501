import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import { AzureOpenAI } from 'openai'
import t from 'tap'
import {
  FileTranscriber,
  type FileTranscriberOptions,
} from '../../../lib/openai/files/file-transcriber.ts'
import { clip, noFfmpeg, pcm, wav } from '../../fixtures/audio.ts'
import { finalsIn, jumpingClock, runFile } from '../../fixtures/file-runs.ts'
import { jfk, samplesOf } from '../../fixtures/speech-clips.ts'
import { noise, tone } from '../../fixtures/tones.ts'
import { uploadServer } from '../../fixtures/upload-server.ts'

const speech = await readFile(jfk)
const samples = await samplesOf(jfk)

type Options = Omit<FileTranscriberOptions, 'client'>

/** What a service that always says the same is sent, and what comes of it. */
const sent = async (
  input: Uint8Array | Iterable<Uint8Array>,
  options: Options = {},
  internals: Parameters<typeof runFile>[2] = {},
) => {
  const { client, uploads } = await uploadServer(t, () => ({
    body: { text: 'Ask not.' },
  }))
  const { clock } = jumpingClock()
  const run = await runFile(
    input,
    { client, stream: false, ...options },
    { clock, ...internals },
  )
  return { ...run, run, uploads }
}

t.test('a file goes as it is, named after its bytes', async t => {
  for (const [name, file, type] of [
    ['jfk.mp3', 'audio.mp3', 'audio/mpeg'],
    ['jfk.flac', 'audio.flac', 'audio/flac'],
    ['jfk.ogg', 'audio.ogg', 'audio/ogg'],
    ['jfk.opus', 'audio.ogg', 'audio/ogg'],
    ['jfk.webm', 'audio.webm', 'audio/webm'],
    ['jfk.m4a', 'audio.m4a', 'audio/mp4'],
    ['jfk-moov-first.mp4', 'audio.mp4', 'audio/mp4'],
    ['jfk.mpg', 'audio.mpeg', 'audio/mpeg'],
  ] as const) {
    const bytes = clip(name)
    const { uploads, events } = await sent(bytes)
    t.equal(uploads.length, 1)
    const upload = uploads[0]!
    t.match(upload.file, { name: file, type }, name)
    t.ok(bytes.equals(Buffer.from(await upload.file.arrayBuffer())))
    t.match(events.at(-1), { complete: true })
    const { duration } = events.at(-1) as { duration: number }
    t.ok(Math.abs(duration - 11_000) < 60, `${duration} ms`)
  }
  const { uploads } = await sent(speech)
  t.match(uploads[0]!.file, { name: 'audio.wav', type: 'audio/wav' })
})

t.test('a tag in front of the audio does not hide it', async t => {
  const tag = Buffer.alloc(100_000)
  tag.write('ID3\x03\0\0\0\x06\x0d\x16', 'latin1') // 99,990 bytes
  const { uploads } = await sent(Buffer.concat([tag, clip('jfk.mp3')]))
  t.match(uploads[0]!.file, { name: 'audio.mp3', size: 166_764 })
})

t.test('a name may be given, its extension is that of the bytes', async t => {
  for (const [fileName, name] of [
    ['talk.mp3', 'talk.wav'],
    ['/home/me/a talk.v2.bin', 'a talk.v2.wav'],
    ['C:\\me\\Gespräch "1"', 'Gespräch "1".wav'],
    ['', 'audio.wav'],
  ] as const) {
    const { uploads } = await sent(speech, { fileName })
    t.equal(uploads[0]!.file.name, name)
  }
})

t.test('decodes formats that the service does not accept', async t => {
  const [raw] = [
    { encoding: 's16le', sampleRate: 16_000, channels: 1 } as const,
  ]
  const rf64 = Buffer.from(speech)
  rf64.write('RF64')
  for (const [what, input, options] of [
    ['RF64', rf64, {}],
    ['raw PCM', pcm([samples], 's16le'), { raw }],
    ['a limit', speech, { maxDurationMs: 20_000 }],
  ] as const) {
    const { uploads, events } = await sent(input, options)
    t.match(uploads[0]!.file, { name: 'audio.wav' }, what)
    t.ok(speech.equals(Buffer.from(await uploads[0]!.file.arrayBuffer())))
    t.match(events.at(-1), { duration: 11_000, complete: true })
  }
  // More of it than fits: an upload is 16 kHz mono.
  const stereo = wav([tone(440, 48_000, 48_000), tone(440, 48_000, 48_000)])
  const { uploads } = await sent(stereo, { maxDurationMs: 500 })
  t.equal(uploads[0]!.file.size, 44 + 16_000)
})

t.test('decodes formats that need ffmpeg', { skip: noFfmpeg }, async t => {
  const au = execFileSync('ffmpeg', [
    '-loglevel',
    'error',
    '-i',
    jfk,
    '-f',
    'au',
    '-',
  ])
  const { uploads, events } = await sent(au)
  t.match(uploads[0]!.file, { name: 'audio.wav' })
  t.match(events.at(-1), { duration: 11_000, complete: true })
})

t.test('sends accepted formats without ffmpeg', async t => {
  const ffmpeg = '/nonexistent/ffmpeg'
  const bytes = clip('jfk.m4a')
  const { uploads, events } = await sent(bytes, { ffmpeg })
  t.equal(uploads[0]!.file.size, bytes.length)
  t.match(events.at(-1), { complete: true })
  const { duration } = events.at(-1) as { duration: number }
  t.ok(Math.abs(duration - 11_000) < 100, `${duration} ms`)
  const long = await sent(bytes, { ffmpeg }, { maxMs: 5_000 })
  t.match(long.error, { code: 'VOX_FFMPEG_MISSING' })
  t.equal(long.uploads.length, 0)
})

const silence = (ms: number): Buffer =>
  wav([new Float32Array(16 * ms)], { sampleRate: 16_000 })

t.test('does not send silence', async t => {
  const hiss = noise(48_000).map(sample => sample / 10_000)
  for (const input of [
    silence(3_000),
    wav([hiss], { sampleRate: 16_000 }),
    silence(50),
  ])
    for (const options of [{}, { maxDurationMs: 60_000 }]) {
      const { uploads, events, error } = await sent(input, options)
      t.equal(error, undefined)
      t.equal(uploads.length, 0)
      t.same(
        events.map(({ type }) => type),
        ['start', 'end'],
      )
      t.match(events.at(-1), { complete: true })
    }
  const { uploads, events } = await sent(silence(3_000))
  t.equal(uploads.length, 0)
  t.match(events.at(-1), { duration: 3_000 })
})

t.test('skips silent parts and keeps times', async t => {
  const clip = samples.subarray(0, 48_000)
  const long = new Float32Array(48_000 * 6)
  long.set(clip)
  long.set(clip, 48_000 * 4)
  const { uploads, events, run } = await sent(
    wav([long], { sampleRate: 16_000 }),
    {},
    { maxMs: 4_000, searchMs: 500 },
  )
  t.ok(uploads.length < 5, `${uploads.length} of 6`)
  t.match(events.at(-1), { duration: 18_000, complete: true })
  t.ok(finalsIn(run).some(({ start, end }) => start < 12_500 && end > 12_500))
})

t.test('audio too short for the service becomes a gap', async t => {
  const input = wav([tone(440, 16_000, 1_500)], { sampleRate: 16_000 })
  for (const options of [{}, { maxDurationMs: 60_000 }]) {
    const { uploads, events } = await sent(input, options)
    t.equal(uploads.length, 0)
    t.match(events.slice(1), [
      { type: 'gap', start: 0, end: 94, reason: /shorter than 0\.1 s/ },
      { type: 'end', duration: 94, complete: false },
    ])
  }
  const enough = wav([tone(440, 16_000, 1_600)], { sampleRate: 16_000 })
  t.equal((await sent(enough)).uploads.length, 1)
})

t.test('refuses input that is not audio before sending anything', async t => {
  for (const [input, code] of [
    [Buffer.alloc(0), 'VOX_INPUT_EMPTY'],
    [wav([new Float32Array(0)]), 'VOX_INPUT_EMPTY'],
    [
      Buffer.from('It was a dark and stormy night. '.repeat(40)),
      'VOX_FORMAT_UNKNOWN',
    ],
    [clip('jfk.flac').subarray(0, 90), 'VOX_DECODE'],
  ] as const) {
    const { uploads, error } = await sent(input.length ? input : [])
    t.match(error, { code })
    t.equal(uploads.length, 0)
  }
})

t.test('warns about a truncated file', async t => {
  const half = speech.subarray(0, 176_044)
  const { uploads, events, warnings, error } = await sent(half)
  t.equal(error, undefined)
  t.equal(uploads.length, 1)
  t.match(warnings, [{ code: 'VOX_TRUNCATED' }])
  t.match(events.at(-1), { duration: 5_500, complete: false })
  const parts = await sent(half, {}, { maxMs: 4_000, searchMs: 500 })
  t.match(parts.warnings, [{ code: 'VOX_TRUNCATED' }])
  t.match(parts.events.at(-1), { duration: 5_500, complete: false })
})

t.test('with strict, a truncated file is an error after its text', async t => {
  const half = speech.subarray(0, 176_044)
  for (const internals of [{}, { maxMs: 4_000, searchMs: 500 }]) {
    const { run, events, error } = await sent(half, { strict: true }, internals)
    t.match(error, { code: 'VOX_TRUNCATED' })
    t.ok(finalsIn(run).length > 0)
    t.match(events.at(-1), { type: 'end', complete: false })
  }
})

t.test('maxDurationMs ends an endless source', async t => {
  const raw = { encoding: 's16le', sampleRate: 16_000, channels: 1 } as const
  const endless = function* (): Generator<Uint8Array> {
    for (;;) yield pcm([samples.subarray(0, 16_000)], 's16le')
  }
  const options = { raw, maxDurationMs: 5_000 }
  const { client } = await uploadServer(t, () => ({ body: { text: 'Ask.' } }))
  const stage = new FileTranscriber(
    { client, stream: false, ...options },
    { maxBytes: 60_000, searchMs: 200 },
  )
  const source = endless()
  const feed = (): void => {
    // Nodes differ in whether a stage that was read to its end is destroyed.
    while (!stage.readableEnded && !stage.destroyed)
      if (!stage.write(source.next().value)) return
  }
  stage.on('drain', () => setImmediate(feed))
  feed()
  const types: string[] = []
  for await (const event of stage) types.push((event as { type: string }).type)
  t.equal(types.at(-1), 'end')
  t.ok(types.filter(type => type === 'final').length > 3)
})

t.test(
  'rejects with the abort, whatever else fails while it opens',
  async t => {
    const abort = new AbortController()
    const { client } = await uploadServer(t, () => ({ body: { text: '' } }))
    const stage = new FileTranscriber({ client, signal: abort.signal })
    stage.on('data', () => {
      abort.abort()
      throw new Error('a listener of the application')
    })
    await t.rejects(finished(stage), { name: 'AbortError', code: 'ABORT_ERR' })
  },
)

t.test('sends every parameter under its name', async t => {
  const { client, uploads } = await uploadServer(t, () => ({
    body: { text: 'x' },
  }))
  const fieldsOf = async (options: Options) => {
    await runFile(speech, { client, ...options })
    return uploads.at(-1)!.fields
  }
  t.same(
    await fieldsOf({
      languages: ['de', 'en'],
      keywords: ['Bach', 'Köln'],
      prompt: 'Musik',
      temperature: 0.2,
    }),
    {
      model: ['gpt-transcribe'],
      response_format: ['json'],
      'languages[]': ['de', 'en'],
      'keywords[]': ['Bach', 'Köln'],
      prompt: ['Musik'],
      temperature: ['0.2'],
      stream: ['true'],
    },
  )
  t.match(await fieldsOf({ language: 'de' }), { 'languages[]': ['de'] })
  t.same(
    await fieldsOf({
      model: 'gpt-4o-transcribe',
      language: 'de',
      include: ['logprobs'],
      stream: false,
    }),
    {
      model: ['gpt-4o-transcribe'],
      response_format: ['json'],
      language: ['de'],
      'include[]': ['logprobs'],
    },
  )
  t.match(await fieldsOf({ model: 'whisper-1', languages: ['de'] }), {
    response_format: ['verbose_json'],
    language: ['de'],
    'timestamp_granularities[]': ['word', 'segment'],
  })
  for (const [options, times] of [
    [{ wordTimes: false }, ['segment']],
    [{ wordTimes: true }, ['word', 'segment']],
    [{ timestampGranularities: ['word'] }, ['word']],
  ] as const)
    t.same(
      (await fieldsOf({ model: 'whisper-1', ...options }))[
        'timestamp_granularities[]'
      ],
      times,
    )
  const turnDetection = {
    type: 'server_vad',
    prefixPaddingMs: 1,
    silenceDurationMs: 2,
    threshold: 0.5,
  } as const
  t.match(await fieldsOf({ turnDetection }), {
    'chunking_strategy[type]': ['server_vad'],
    'chunking_strategy[prefix_padding_ms]': ['1'],
    'chunking_strategy[silence_duration_ms]': ['2'],
    'chunking_strategy[threshold]': ['0.5'],
  })
  const url = 'data:audio/wav;base64,UklGRg=='
  t.same(
    await fieldsOf({
      model: 'gpt-4o-transcribe-diarize',
      knownSpeakers: [
        { name: 'Ann', reference: url },
        { name: 'Bob', reference: clip('jfk.mp3').subarray(0, 9_000) },
      ],
    }),
    {
      model: ['gpt-4o-transcribe-diarize'],
      response_format: ['diarized_json'],
      chunking_strategy: ['auto'],
      stream: ['true'],
      'known_speaker_names[]': ['Ann', 'Bob'],
      'known_speaker_references[]': [
        url,
        `data:audio/mpeg;base64,${clip('jfk.mp3').subarray(0, 9_000).toString('base64')}`,
      ],
    },
  )
  t.same(
    await fieldsOf({
      model: 'whatever-2',
      languages: ['de', 'en'],
      stream: true,
    }),
    {
      model: ['whatever-2'],
      response_format: ['json'],
      'languages[]': ['de', 'en'],
      stream: ['true'],
    },
    'of an unknown model nothing is assumed',
  )
})

t.test('addresses Azure by deployment', async t => {
  const { baseURL, uploads } = await uploadServer(t, () => ({
    body: { text: 'Ask.' },
  }))
  const client = new AzureOpenAI({
    apiKey: 'key',
    endpoint: baseURL,
    apiVersion: '2025-04-01-preview',
  })
  const run = await runFile(speech, { client, model: 'my-whisper' })
  t.match(finalsIn(run), [{ text: 'Ask.' }])
  t.match(
    uploads[0]!.path,
    /\/deployments\/my-whisper\/audio\/transcriptions\?api-version=2025/,
  )
})
