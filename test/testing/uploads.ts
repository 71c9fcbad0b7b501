import OpenAI, { toFile } from 'openai'
import type { TranscriptionCreateParams } from 'openai/resources/audio/transcriptions'
import t, { type Test } from 'tap'
import {
  SpeechServer,
  type SpeechServerOptions,
} from '../../lib/testing/index.ts'
import { wav as wavOf } from '../fixtures/audio.ts'
import { numberedWav } from '../fixtures/numbered.ts'

const wav = numberedWav({ frames: 7, turnFrames: 4 })
const text = 'w0 w1 w2 w3 w4 w5 w6'
const KEY = 'sk-test-0123456789abcdef'

type Body = Record<string, unknown>

const open = async (t: Test, options: SpeechServerOptions = {}) => {
  const server = await SpeechServer.listen(options)
  t.after(() => server.close())
  const { baseURL } = server
  const client = new OpenAI({ apiKey: KEY, baseURL, maxRetries: 0 })
  const create = async (body: Body, bytes = wav, name = 'talk.wav') =>
    (await client.audio.transcriptions.create({
      file: await toFile(bytes, name),
      model: 'gpt-4o-transcribe',
      ...body,
    } as TranscriptionCreateParams)) as unknown
  const events = async (body: Body) => {
    const found: Body[] = []
    const stream = await create({ ...body, stream: true })
    for await (const event of stream as AsyncIterable<Body>) found.push(event)
    return found
  }
  return { server, client, create, events }
}

/** What a request failed with. */
const refusal = async (request: Promise<unknown>): Promise<unknown> => {
  try {
    await request
  } catch (error) {
    return error
  }
  throw new Error('it was answered')
}

const tokens = {
  type: 'tokens',
  input_tokens: 9,
  input_token_details: { text_tokens: 0, audio_tokens: 9 },
  output_tokens: 7,
  total_tokens: 16,
}
const duration = { type: 'duration', seconds: 1 }
const logprob = (token: string) => ({
  token,
  logprob: -0.01,
  bytes: [...Buffer.from(token)],
})
const pieces = ['w0', ' w1', ' w2', ' w3', ' w4', ' w5', ' w6']

t.test('an answer in json', async t => {
  const { server, create } = await open(t)
  const answer = (await create({ prompt: 'Numbers.', language: 'en' })) as Body
  t.same(answer, { text, usage: tokens })
  t.match((answer as { _request_id?: string })._request_id, /^req_\w{21}$/)
  t.match(server.requests, [
    {
      fields: {
        model: ['gpt-4o-transcribe'],
        prompt: ['Numbers.'],
        language: ['en'],
      },
      file: { name: 'talk.wav', bytes: wav.length },
      status: 200,
    },
  ])
  t.ok(server.requests[0]!.bytes > wav.length)
  t.notOk(JSON.stringify(server.requests).includes('sk-test'), 'no key kept')
})

t.test('logprobs, for the models that have them', async t => {
  const { create } = await open(t)
  t.same(await create({ include: ['logprobs'] }), {
    text,
    logprobs: pieces.map(logprob),
    usage: tokens,
  })
})

t.test('languages, keywords and usage by duration', async t => {
  const { create } = await open(t)
  const model = 'gpt-transcribe'
  t.same(
    await create({ model, languages: ['de', 'en'], keywords: ['w0', 'w1'] }),
    { text, languages: [{ code: 'de' }, { code: 'en' }], usage: duration },
  )
  t.same(await create({ model }), { text, languages: [], usage: duration })
})

t.test('plain text, and captions', async t => {
  const { create } = await open(t)
  const model = 'whisper-1'
  t.equal(await create({ response_format: 'text' }), `${text}\n`)
  t.equal(
    await create({ model, response_format: 'srt' }),
    '1\n00:00:00,000 --> 00:00:00,400\nw0 w1 w2 w3\n\n' +
      '2\n00:00:00,600 --> 00:00:00,900\nw4 w5 w6\n\n',
  )
  t.equal(
    await create({ model, response_format: 'vtt' }),
    'WEBVTT\n\n00:00:00.000 --> 00:00:00.400\nw0 w1 w2 w3\n\n' +
      '00:00:00.600 --> 00:00:00.900\nw4 w5 w6\n\n',
  )
})

t.test('segments and words with their times', async t => {
  const { create } = await open(t)
  const facts = {
    seek: 0,
    tokens: [50_364],
    temperature: 0.2,
    avg_logprob: -0.25,
    compression_ratio: 1.2,
    no_speech_prob: 0.01,
  }
  const segments = [
    { id: 0, start: 0, end: 0.4, text: ' w0 w1 w2 w3', ...facts },
    { id: 1, start: 0.6, end: 0.9, text: ' w4 w5 w6', ...facts },
  ]
  const words = [0, 0.1, 0.2, 0.3, 0.6, 0.7, 0.8].map((start, i) => ({
    word: `w${i}`,
    start,
    end: Number((start + 0.1).toFixed(1)),
  }))
  const head = {
    task: 'transcribe',
    language: 'english',
    duration: 0.9,
    text,
    usage: duration,
  }
  const ask = (granularities?: string[]) =>
    create({
      model: 'whisper-1',
      response_format: 'verbose_json',
      temperature: 0.2,
      ...(granularities && { timestamp_granularities: granularities }),
    })
  t.same(await ask(), { ...head, segments }, 'segments by default')
  t.same(await ask(['word']), { ...head, words })
  t.same(await ask(['segment', 'word']), { ...head, segments, words })
})

const spoken = [
  { id: 'seg_001', start: 0, end: 0.4, text: 'w0 w1 w2 w3', speaker: 'A' },
  { id: 'seg_002', start: 0.6, end: 0.9, text: 'w4 w5 w6', speaker: 'B' },
]
const diarize = {
  model: 'gpt-4o-transcribe-diarize',
  chunking_strategy: 'auto',
  response_format: 'diarized_json',
}
const type = 'transcript.text.segment'

t.test('speakers, unknown and known', async t => {
  const { create } = await open(t)
  const segments = spoken.map(segment => ({ type, ...segment }))
  const head = { task: 'transcribe', duration: 0.9, text, usage: tokens }
  t.same(await create(diarize), { ...head, segments })
  t.same(
    await create({
      ...diarize,
      chunking_strategy: { type: 'server_vad', threshold: 0.4 },
      known_speaker_names: ['Ann'],
      known_speaker_references: ['data:audio/wav;base64,UklGRg=='],
    }),
    { ...head, segments: [{ ...segments[0], speaker: 'Ann' }, segments[1]] },
  )
})

t.test('a stream of deltas', async t => {
  const { events } = await open(t)
  t.same(await events({ include: ['logprobs'] }), [
    ...pieces.map(delta => ({
      type: 'transcript.text.delta',
      delta,
      logprobs: [logprob(delta)],
    })),
    {
      type: 'transcript.text.done',
      text,
      logprobs: pieces.map(logprob),
      usage: tokens,
    },
  ])
  t.same((await events({ model: 'gpt-transcribe' })).at(-1), {
    type: 'transcript.text.done',
    text,
    languages: [],
    usage: duration,
  })
})

t.test(
  'a stream with speakers: deltas, their segment, and the end',
  async t => {
    const { events } = await open(t)
    const delta = (delta: string, segment_id: string) => ({
      type: 'transcript.text.delta',
      delta,
      segment_id,
    })
    t.same(await events(diarize), [
      ...pieces.slice(0, 4).map(piece => delta(piece, 'seg_001')),
      { type, ...spoken[0] },
      ...pieces.slice(4).map(piece => delta(piece, 'seg_002')),
      { type, ...spoken[1] },
      { type: 'transcript.text.done', text, usage: tokens },
    ])
  },
)

t.test('a stream on the wire', async t => {
  const { server } = await open(t)
  const form = new FormData()
  form.set('stream', 'true')
  form.set('file', new Blob([numberedWav({ frames: 1 })]), 'a.wav')
  form.set('model', 'gpt-4o-mini-transcribe')
  const response = await fetch(`${server.baseURL}/audio/transcriptions`, {
    method: 'POST',
    body: form,
    headers: { authorization: `Bearer ${KEY}` },
  })
  t.match(response.headers.get('content-type'), /^text\/event-stream/)
  t.match(response.headers.get('x-request-id'), /^req_\w{21}$/)
  const body = await response.text()
  t.match(
    body,
    /^data: \{"type":"transcript.text.delta","delta":"w0"\}\n\ndata: \{"type":"transcript.text.done".+\}\n\ndata: \[DONE\]\n\n$/,
  )
})

t.test('whisper-1 does not stream: it answers in JSON', async t => {
  const { server, create, events } = await open(t)
  t.same(await events({ model: 'whisper-1' }), [], 'the client yields nothing')
  t.same(await create({ model: 'whisper-1' }), { text, usage: duration })
  t.equal(server.requests.length, 2)
})

t.test('audio of any rate, and of two channels', async t => {
  const rates: number[] = []
  const { create } = await open(t, {
    hear: (audio, { sampleRate, via, model, turn }) => {
      rates.push(sampleRate, audio.length)
      return `${via} ${model} ${turn}`
    },
  })
  await create({}, numberedWav({ frames: 3, sampleRate: 48_000 }))
  const answer = await create(
    {},
    numberedWav({ frames: 2, sampleRate: 8_000 }, 2),
  )
  t.match(answer, { text: 'upload gpt-4o-transcribe 2' })
  t.same(rates, [48_000, 14_400, 8_000, 1_600])
})

t.test('other formats are told by their bytes', async t => {
  const { create } = await open(t, { hear: audio => `${audio.length} samples` })
  const flac = Buffer.concat([Buffer.from('fLaC'), Buffer.alloc(64)])
  t.match(await create({}, flac, 'talk.flac'), { text: '0 samples' })
})

const silence = (seconds: number) =>
  wavOf([new Float32Array(seconds * 1_000)], { sampleRate: 1_000 })

const refusals: {
  what: string
  body?: Body
  bytes?: Buffer
  name?: string
  status?: number
  error: Body
}[] = [
  {
    what: 'a format that the model does not have',
    body: { response_format: 'verbose_json' },
    error: {
      code: 'unsupported_value',
      param: 'response_format',
      message:
        "response_format 'verbose_json' is not compatible with model 'gpt-4o-transcribe'. Use 'json' or 'text' instead.",
    },
  },
  {
    what: 'a format that there is not',
    body: { response_format: 'yaml' },
    error: { code: 'invalid_value', param: 'response_format' },
  },
  {
    what: 'a model that there is not',
    body: { model: 'gpt-5-hear' },
    status: 404,
    error: { code: 'model_not_found', param: 'model' },
  },
  {
    what: 'a model for Realtime alone',
    body: { model: 'gpt-live-transcribe' },
    status: 404,
    error: { code: 'model_not_found', param: 'model' },
  },
  {
    what: 'an extension',
    name: 'audio.bin',
    error: {
      code: 'unsupported_value',
      message: 'Unsupported file format bin',
    },
  },
  {
    what: 'an extension, by whisper-1',
    body: { model: 'whisper-1' },
    name: 'audio.aac',
    error: {
      code: 'unsupported_value',
      message:
        "Invalid file format. Supported formats: ['flac', 'm4a', 'mp3', 'mp4', 'mpeg', 'mpga', 'oga', 'ogg', 'wav', 'webm']",
    },
  },
  {
    what: 'bytes that are no audio',
    bytes: Buffer.from('Once upon a time there was a text.'),
    error: {
      code: 'invalid_value',
      message: 'Audio file might be corrupted or unsupported',
    },
  },
  {
    what: 'a WAV with no header to speak of',
    bytes: Buffer.concat([wav.subarray(0, 12), Buffer.alloc(60)]),
    error: { message: 'Audio file might be corrupted or unsupported' },
  },
  {
    what: 'too little audio',
    bytes: silence(0.05),
    error: {
      message: 'Audio file is too short. Minimum audio length is 0.1 seconds.',
    },
  },
  {
    what: 'too much audio',
    bytes: silence(1_400.5),
    error: {
      code: 'invalid_value',
      param: null,
      message:
        'audio duration 1400.5 seconds is longer than 1400 seconds which is the maximum for this model',
    },
  },
  {
    what: 'too much audio for gpt-transcribe',
    body: { model: 'gpt-transcribe' },
    bytes: silence(1_801),
    error: { code: 'invalid_value', message: /longer than 1800 seconds/ },
  },
  {
    what: 'speakers without a way to cut',
    body: { ...diarize, chunking_strategy: undefined },
    error: {
      code: 'invalid_value',
      param: 'chunking_strategy',
      message: 'chunking_strategy is required for diarization models',
    },
  },
  {
    what: 'a way to cut that there is not',
    body: { chunking_strategy: { type: 'semantic_vad' } },
    error: { code: 'invalid_value', param: 'chunking_strategy' },
  },
  {
    what: 'a prompt for speakers',
    body: { ...diarize, prompt: 'Talk.' },
    error: { code: 'unsupported_value', param: 'prompt' },
  },
  {
    what: 'a speaker without a sample',
    body: { ...diarize, known_speaker_names: ['Ann'] },
    error: { code: 'invalid_value', param: 'known_speaker_names' },
  },
  {
    what: 'known speakers for another model',
    body: { known_speaker_names: ['Ann'] },
    error: { code: 'unsupported_value', param: 'known_speaker_names' },
  },
  {
    what: 'language and languages',
    body: { model: 'gpt-transcribe', language: 'en', languages: ['en'] },
    error: { code: 'invalid_value' },
  },
  {
    what: 'a language that there is not',
    body: { model: 'gpt-transcribe', languages: ['english'] },
    error: { code: 'invalid_value', param: 'languages' },
  },
  {
    what: 'languages for another model',
    body: { languages: ['en'] },
    error: { code: 'unsupported_value', param: 'languages' },
  },
  {
    what: 'a keyword with a bracket',
    body: { model: 'gpt-transcribe', keywords: ['a<b'] },
    error: { code: 'invalid_value', param: 'keywords' },
  },
  {
    what: 'logprobs of a model without',
    body: { model: 'gpt-transcribe', include: ['logprobs'] },
    error: { code: 'unsupported_value', param: 'include' },
  },
  {
    what: 'logprobs in text',
    body: { response_format: 'text', include: ['logprobs'] },
    error: { code: 'unsupported_value', param: 'include' },
  },
  {
    what: 'word times in json',
    body: { model: 'whisper-1', timestamp_granularities: ['word'] },
    error: { code: 'invalid_value', param: 'timestamp_granularities' },
  },
  {
    what: 'a temperature of 2',
    body: { temperature: 2 },
    error: { code: 'invalid_value', param: 'temperature' },
  },
]

t.test('refuses', async t => {
  const { create } = await open(t)
  for (const { what, body = {}, bytes, name, status = 400, error } of refusals)
    t.match(
      await refusal(create(body, bytes, name)),
      {
        status,
        error: { type: 'invalid_request_error', ...error },
      },
      what,
    )
})

t.test('fields that nobody knows are ignored', async t => {
  const { create } = await open(t)
  t.match(await create({ bogus_param: 'xyz' }), { text })
})

t.test('counts the whole body', async t => {
  const { create, server } = await open(t)
  const most = 26_214_400
  t.match(await refusal(create({}, Buffer.alloc(most))), {
    status: 413,
    error: {
      type: 'server_error',
      code: null,
      message:
        /^Maximum content size limit \(26214400\) exceeded \(2621\d{4} bytes read\)$/,
    },
  })
  t.ok(server.requests[0]!.bytes > most)
  t.equal(server.requests[0]!.file!.bytes, 0, 'and keeps none of it')
})

t.test('keys', async t => {
  const { server, create } = await open(t, { keys: ['sk-other'] })
  t.match(await refusal(create({})), {
    status: 401,
    code: 'invalid_api_key',
    message: /Incorrect API key provided: sk-\*+cdef\. /,
  })
  const response = await fetch(`${server.baseURL}/audio/transcriptions`, {
    method: 'POST',
  })
  t.equal(response.status, 401)
  t.match(response.headers.get('content-type'), /^text\/plain/)
  t.match(await response.json(), {
    error: { code: null, type: 'invalid_request_error' },
  })
})

t.test('what is no form, and what is no endpoint', async t => {
  const { server } = await open(t)
  const url = `${server.baseURL}/audio/transcriptions`
  const send = async (type: string, body: string, to = url) => {
    const headers = { authorization: 'Bearer x', 'content-type': type }
    const response = await fetch(to, { method: 'POST', body, headers })
    return [response.status, await response.json()]
  }
  const unread = [400, { error: { message: 'Could not parse multipart form' } }]
  t.match(await send('application/json', '{}'), unread)
  t.match(await send('multipart/form-data', 'x'), unread)
  const long = `multipart/form-data; boundary=${'x'.repeat(252)}`
  t.match(await send(long, 'x'), unread)
  t.match(await send('multipart/form-data; boundary=xx', 'no end'), unread)
  t.match(
    await send(
      'multipart/form-data; boundary=x',
      '--x\r\ncontent-disposition: form-data; name="__proto__"\r\n\r\n1\r\n--x\r\ncontent-disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n--x--\r\n',
    ),
    [400, { error: { code: 'missing_required_parameter', param: 'file' } }],
  )
  t.match(await send('text/plain', '', `${server.baseURL}/audio/speech`), [
    404,
    { error: { message: 'Invalid URL (POST /v1/audio/speech)' } },
  ])
})

t.test('answers of a script', async t => {
  const { server, create } = await open(t, {
    respond: ({ file }, attempt) =>
      [
        { status: 429, headers: { 'retry-after': '0' } },
        { status: 429, code: 'insufficient_quota' },
        { status: 503 },
        { status: 500, body: 'down' },
        { status: 200, body: { text: `heard ${file?.name}` } },
        { delayMs: 1 },
      ][attempt - 1],
  })
  t.match(await refusal(create({})), {
    status: 429,
    code: 'rate_limit_exceeded',
  })
  t.match(await refusal(create({})), {
    status: 429,
    code: 'insufficient_quota',
    type: 'insufficient_quota',
  })
  t.match(await refusal(create({})), { status: 503, type: 'server_error' })
  t.match(await refusal(create({})), { status: 500 })
  t.match(await create({}), { text: 'heard talk.wav' })
  t.match(await create({}), { text })
  t.match(await create({}), { text }, 'and its own when the script is over')
  t.same(
    server.requests.map(({ status }) => status),
    [429, 429, 503, 500, 200, 200, 200],
  )
})

t.test('the client tries again as it is told to', async t => {
  const { server } = await open(t, {
    respond: (_, attempt) =>
      attempt < 3
        ? { status: 429, headers: { 'retry-after-ms': '1' } }
        : undefined,
  })
  const { baseURL } = server
  const client = new OpenAI({ apiKey: KEY, baseURL, maxRetries: 2 })
  const file = await toFile(wav, 'talk.wav')
  t.match(
    await client.audio.transcriptions.create({ file, model: 'gpt-transcribe' }),
    { text },
  )
  t.equal(server.requests.length, 3)
})

t.test('streams that break off', async t => {
  const by = ['end', 'reset', 'error'] as const
  const { events } = await open(t, {
    respond: (_, attempt) => ({
      cut: { afterEvents: 3, by: by[attempt - 1]! },
    }),
  })
  t.equal((await events({})).length, 3, 'ends as if it were whole')
  t.match(await refusal(events({})), TypeError, 'the connection is reset')
  t.match(await refusal(events({})), { type: 'server_error' }, 'an error event')
})

t.test('answers that do not come', async t => {
  const by = ['end', 'reset', 'stall'] as const
  const { create, client } = await open(t, {
    respond: (_, attempt) => ({ cut: { by: by[attempt - 1]! } }),
  })
  t.match(await refusal(create({})), { message: 'Connection error.' })
  t.match(await refusal(create({})), { message: 'Connection error.' })
  const file = await toFile(wav, 'talk.wav')
  const stalled = client.audio.transcriptions.create(
    { file, model: 'gpt-transcribe' },
    { timeout: 50 },
  )
  t.match(await refusal(stalled), { message: 'Request timed out.' })
})

t.test('a recogniser that fails', async t => {
  const { create, events } = await open(t, {
    hear: async () => {
      throw new Error('deaf')
    },
  })
  t.match(await refusal(create({})), { status: 500, type: 'server_error' })
  t.match(await refusal(events({})), { type: 'server_error' })
})
