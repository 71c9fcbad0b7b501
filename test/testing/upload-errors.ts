import OpenAI, { toFile } from 'openai7'
import t from 'tap'
import { wav as wavOf } from '../fixtures/audio.ts'
import {
  type Body,
  KEY,
  diarize,
  openUploads as open,
  refusal,
  text,
  wav,
} from '../fixtures/upload-client.ts'

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
      interrupt: { afterEvents: 3, by: by[attempt - 1]! },
    }),
  })
  t.equal((await events({})).length, 3, 'ends as if it were whole')
  t.match(await refusal(events({})), TypeError, 'the connection is reset')
  t.match(await refusal(events({})), { type: 'server_error' }, 'an error event')
})

t.test('answers that do not come', async t => {
  const by = ['end', 'reset', 'stall'] as const
  const { create, client } = await open(t, {
    respond: (_, attempt) => ({ interrupt: { by: by[attempt - 1]! } }),
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
    transcribe: async () => {
      throw new Error('deaf')
    },
  })
  t.match(await refusal(create({})), { status: 500, type: 'server_error' })
  t.match(await refusal(events({})), { type: 'server_error' })
})
