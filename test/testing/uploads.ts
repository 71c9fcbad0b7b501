import t from 'tap'
import { numberedWav } from '../fixtures/numbered.ts'
import {
  type Body,
  diarize,
  KEY,
  openUploads as open,
  text,
  wav,
} from '../fixtures/upload-client.ts'

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
    transcribe: (audio, { sampleRate, via, model, turn }) => {
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
  const { create } = await open(t, {
    transcribe: audio => `${audio.length} samples`,
  })
  const flac = Buffer.concat([Buffer.from('fLaC'), Buffer.alloc(64)])
  t.match(await create({}, flac, 'talk.flac'), { text: '0 samples' })
})
