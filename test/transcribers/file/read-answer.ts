import { readFile } from 'node:fs/promises'
import t from 'tap'
import type { FileTranscriberOptions } from '../../../lib/transcribers/file.ts'
import {
  finalsIn,
  runFile,
  shownIn,
  type FileRun,
} from '../../fixtures/file-runs.ts'
import { jfk } from '../../fixtures/speech-clips.ts'
import { type Reply, uploadServer } from '../../fixtures/upload-server.ts'

const speech = await readFile(jfk)

/** What comes of one answer. */
const answered = async (
  reply: Reply,
  options: Omit<FileTranscriberOptions, 'client'> = {},
): Promise<FileRun> => {
  const { client } = await uploadServer(t, () => reply)
  return runFile(speech, { client, maxRetries: 0, ...options })
}

const tokens = {
  type: 'tokens',
  input_tokens: 10,
  output_tokens: 4,
  total_tokens: 14,
  input_token_details: { audio_tokens: 10, text_tokens: 0 },
}
const cost = { type: 'tokens', input: 10, output: 4, total: 14 } as const

t.test('json', async t => {
  const run = await answered(
    {
      body: {
        text: 'Ask not.',
        languages: [{ code: 'en', certainty: 1 }],
        logprobs: [
          { token: 'Ask', logprob: -0.1, bytes: [65] },
          { token: ' not.', logprob: -0.2 },
        ],
        usage: tokens,
        unheard_of: { of: 1 },
      },
    },
    { stream: false },
  )
  t.same(run.events, [
    { type: 'start', schema: 1, engine: 'openai', model: 'gpt-transcribe' },
    {
      type: 'final',
      turn: 'part-1',
      text: 'Ask not.',
      start: 0,
      end: 11_000,
      language: 'en',
      logprobs: [
        { token: 'Ask', logprob: -0.1, bytes: [65] },
        { token: ' not.', logprob: -0.2, bytes: [] },
      ],
      usage: cost,
    },
    { type: 'end', duration: 11_000, complete: true, usage: cost },
  ])
})

t.test('what is of no weight may be malformed', async t => {
  const body = { text: 'Ask not.', languages: 'en', logprobs: 1, usage: {} }
  const run = await answered({ body }, { stream: false })
  t.same(finalsIn(run), [
    { type: 'final', turn: 'part-1', text: 'Ask not.', start: 0, end: 11_000 },
  ])
})

t.test('languages that are not certain are left out', async t => {
  for (const languages of [[], [{ code: 'de' }, { code: 'en' }]]) {
    const body = { text: 'Ask not.', languages }
    const [final] = finalsIn(await answered({ body }, { stream: false }))
    t.equal(final!.language, undefined)
    const told = { stream: false, language: 'en' }
    const [other] = finalsIn(await answered({ body }, told))
    t.equal(other!.language, 'en', 'but for what was told')
  }
})

const segment = {
  id: 0,
  seek: 0,
  start: 0.25,
  end: 4.5,
  text: ' And so, my fellow Americans,',
  tokens: [50_364, 400],
  temperature: 0,
  avg_logprob: -0.25,
  compression_ratio: 1.2,
  no_speech_prob: 0.01,
}

t.test('verbose_json, with segments and words', async t => {
  const run = await answered(
    {
      body: {
        task: 'transcribe',
        language: 'english',
        duration: 11,
        text: 'And so, my fellow Americans, ask not.',
        segments: [
          segment,
          { ...segment, id: 1, start: 4.5, end: 4.5, text: ' ' },
          { ...segment, id: 2, start: 4.5, end: 12, text: ' Ask not.' },
        ],
        words: [
          { word: 'And', start: 0.3, end: 0.5 },
          { word: 'so', start: 0.5, end: 0.9 },
          // whisper-1 lets words reach a little beyond their segment.
          { word: 'Americans', start: 4.2, end: 4.6 },
          { word: 'ask', start: 4.6, end: 5 },
          { word: 'not', start: 10.9, end: 11.4 },
        ],
        usage: { type: 'duration', seconds: 11 },
      },
    },
    { model: 'whisper-1' },
  )
  const source = 'model'
  const facts = {
    tokens: [50_364, 400],
    avgLogprob: -0.25,
    compressionRatio: 1.2,
    noSpeechProb: 0.01,
    temperature: 0,
  }
  t.same(finalsIn(run), [
    {
      type: 'final',
      turn: 'part-1-0',
      text: 'And so, my fellow Americans,',
      start: 250,
      end: 4_500,
      words: [
        { text: 'And', start: 300, end: 500, source },
        { text: 'so', start: 500, end: 900, source },
        { text: 'Americans', start: 4_200, end: 4_600, source },
      ],
      language: 'en',
      segment: facts,
    },
    {
      type: 'final',
      turn: 'part-1-2',
      text: 'Ask not.',
      start: 4_500,
      end: 11_000,
      words: [
        { text: 'ask', start: 4_600, end: 5_000, source },
        { text: 'not', start: 10_900, end: 11_000, source },
      ],
      language: 'en',
      segment: facts,
      usage: { type: 'duration', seconds: 11 },
    },
  ])
})

t.test('verbose_json with words alone, and a duration in words', async t => {
  const run = await answered(
    {
      body: {
        text: 'Ask not.',
        language: 'en',
        duration: '11.0',
        words: [{ word: 'Ask', start: 1, end: 2 }],
      },
    },
    { model: 'whisper-1', timestampGranularities: ['word'] },
  )
  t.match(finalsIn(run), [
    { text: 'Ask not.', start: 0, end: 11_000, words: [{ text: 'Ask' }] },
  ])
})

t.test('diarized_json', async t => {
  const part = { type: 'transcript.text.segment' }
  const body = {
    task: 'transcribe',
    duration: 11,
    text: 'And so, ask not.',
    segments: [
      {
        ...part,
        id: 'seg_001',
        start: 0,
        end: 2,
        text: ' And so,',
        speaker: 'A',
      },
      { ...part, id: 'seg_002', start: 2, end: 3, text: '', speaker: 'A' },
      {
        ...part,
        id: 'seg_003',
        start: 3,
        end: 5,
        text: ' ask not.',
        speaker: 'Jack',
      },
    ],
    usage: tokens,
  }
  const options = { model: 'gpt-4o-transcribe-diarize', stream: false }
  t.same(finalsIn(await answered({ body }, options)), [
    {
      type: 'final',
      turn: 'part-1-seg_001',
      text: 'And so,',
      start: 0,
      end: 2_000,
      speaker: 'A',
    },
    {
      type: 'final',
      turn: 'part-1-seg_003',
      text: 'ask not.',
      start: 3_000,
      end: 5_000,
      speaker: 'Jack',
      usage: cost,
    },
  ])
})

t.test('text, with a line break at its end', async t => {
  const run = await answered({ body: 'Ask not.\n' }, { responseFormat: 'text' })
  t.same(finalsIn(run), [
    { type: 'final', turn: 'part-1', text: 'Ask not.', start: 0, end: 11_000 },
  ])
})

for (const [responseFormat, body] of [
  [
    'srt',
    '1\n00:00:00,250 --> 00:00:04,500\nAnd so <i>&amp;\n\n2\n00:00:04,500 --> 00:00:11,000\nAsk not.\n\n\n',
  ],
  [
    'vtt',
    'WEBVTT\n\n00:00.250 --> 00:04.500\nAnd so &lt;i>&amp;\n\n00:04.500 --> 00:11.000\nAsk not.\n\n',
  ],
] as const)
  t.test(responseFormat, async t => {
    for (const type of [
      'text/plain; charset=utf-8',
      'application/json',
      'text/vtt',
    ]) {
      const isJson = type === 'application/json'
      const run = await answered(
        {
          body: isJson ? JSON.stringify(body) : body,
          headers: { 'content-type': type },
        },
        { model: 'whisper-1', responseFormat },
      )
      t.match(
        finalsIn(run),
        [
          {
            start: 250,
            end: 4_500,
            text: responseFormat === 'srt' ? 'And so <i>&amp;' : 'And so <i>&',
          },
          { start: 4_500, end: 11_000, text: 'Ask not.' },
        ],
        type,
      )
    }
  })

const delta = (delta: string, more = {}) => ({
  type: 'transcript.text.delta',
  delta,
  ...more,
})
const done = (text: string, more = {}) => ({
  type: 'transcript.text.done',
  text,
  ...more,
})
const end = 'data: [DONE]\n\n'

t.test('a stream of events, and of events to come', async t => {
  const run = await answered({
    events: [
      delta('And'),
      ': a comment\r\n\r\n',
      { type: 'transcript.text.to_come', text: 'x' },
      { type: 'transcript.text.delta' },
      'data: "text"\n\ndata: null\n\ndata: []\n\n',
      delta(' so'),
      delta(', ask', { logprobs: [] }),
      done('And so, ask not.', {
        usage: { type: 'duration', seconds: 11 },
        languages: [{ code: 'en' }],
        more: 1,
      }),
      end,
    ],
  })
  t.same(shownIn(run), { 'part-1': 'And so, ask' })
  t.match(finalsIn(run), [
    {
      turn: 'part-1',
      text: 'And so, ask not.',
      language: 'en',
      usage: { type: 'duration', seconds: 11 },
    },
  ])
  t.match(run.events.at(-1), { complete: true })
})

t.test('logprobs of a stream are those of its last event', async t => {
  const logprobs = [{ token: 'Ask', logprob: -1, bytes: [1] }]
  const run = await answered(
    {
      events: [
        delta('Ask', { logprobs }),
        done('Ask', { logprobs, usage: tokens }),
        end,
      ],
    },
    { model: 'gpt-4o-transcribe', include: ['logprobs'] },
  )
  t.match(finalsIn(run), [{ logprobs, usage: cost }])
})

t.test('a stream of speakers', async t => {
  const part = (
    id: string,
    speaker: string,
    text: string,
    start: number,
    end: number,
  ) => ({
    type: 'transcript.text.segment',
    id,
    speaker,
    text,
    start,
    end,
  })
  const run = await answered(
    {
      events: [
        delta('And', { segment_id: 'seg_001' }),
        delta(' so', { segment_id: 'seg_001' }),
        delta('nobody knows whose'),
        part('seg_001', 'A', 'And so', 0, 2),
        part('seg_002', 'A', '', 2, 2),
        delta('ask', { segment_id: 'seg_003' }),
        part('seg_003', 'B', 'ask not', 2, 4),
        done('And so ask not', { usage: tokens }),
        end,
      ],
    },
    { model: 'gpt-4o-transcribe-diarize' },
  )
  t.same(shownIn(run), { 'part-1-seg_001': 'And so', 'part-1-seg_003': 'ask' })
  t.same(finalsIn(run), [
    {
      type: 'final',
      turn: 'part-1-seg_001',
      text: 'And so',
      start: 0,
      end: 2_000,
      speaker: 'A',
    },
    {
      type: 'final',
      turn: 'part-1-seg_003',
      text: 'ask not',
      start: 2_000,
      end: 4_000,
      speaker: 'B',
      usage: cost,
    },
  ])
})

t.test('speakers whose segments never come leave their text', async t => {
  const run = await answered(
    { events: [done('And so ask not'), end] },
    { model: 'gpt-4o-transcribe-diarize' },
  )
  t.match(finalsIn(run), [{ text: 'And so ask not', start: 0, end: 11_000 }])
})

t.test('a service that knows no streams is understood', async t => {
  const run = await answered({ body: { text: 'Ask not.' } }, { stream: true })
  t.match(finalsIn(run), [{ text: 'Ask not.' }])
})

t.test('where nothing was said there is no final', async t => {
  for (const reply of [
    { body: { text: ' ' } },
    { events: [done(''), end] },
    { body: { text: '', segments: [] } },
  ]) {
    const run = await answered(reply)
    t.same(
      run.events.map(event => event.type),
      ['start', 'end'],
    )
    t.match(run.events.at(-1), { duration: 11_000, complete: true })
  }
})

t.test('an answer that makes no sense is a clear error', async t => {
  const failed = { code: 'VOX_SERVICE_FAILED' }
  for (const [reply, message] of [
    [{ body: { texts: 'secret' } }, /no usable 'text'/],
    [{ body: { text: 1 } }, /no usable 'text'/],
    [
      { body: { text: 'secret', segments: [{ text: 'secret' }] } },
      /'segments\.0\.start'/,
    ],
    [{ body: 'secret' }, /is no JSON object/],
    [{ body: [] }, /is no JSON object/],
    [{ events: [{ type: 'transcript.text.done' }, end] }, /no usable 'text'/],
    [
      { events: [{ type: 'transcript.text.segment', text: 'secret' }, end] },
      /'start'/,
    ],
    [{ events: [delta('secret'), end] }, /the stream ended early/],
    [
      { events: [delta('secret'), 'data: {"type":\n\n'] },
      /an event is no JSON/,
    ],
    [{ events: [delta('secret')], finish: 'reset' }, /the connection was lost/],
  ] as const) {
    const { error } = await answered(reply)
    t.match(error, { ...failed, message })
    t.notMatch((error as Error).message, /secret/)
  }
})

t.test('an error within a stream says what the service says', async t => {
  const message = 'The server had an error'
  const busy = { message, type: 'server_error', code: null, param: null }
  for (const event of [{ error: busy }, { ...busy, type: 'error' }])
    t.match(await answered({ events: [delta('And'), event, end] }), {
      error: {
        code: 'VOX_SERVICE_FAILED',
        message: /The server had an error/,
        requestId: 'req_test',
      },
    })
  const quota = {
    message: 'No money',
    type: 'insufficient_quota',
    code: 'insufficient_quota',
  }
  t.match(await answered({ events: [{ error: quota }] }), {
    error: {
      code: 'VOX_SERVICE_REFUSED',
      message: /No money; check the account/,
    },
  })
})
