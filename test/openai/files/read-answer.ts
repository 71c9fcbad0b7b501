import t from 'tap'
import { finalsIn } from '../../fixtures/file-runs.ts'
import { answered, cost, tokens } from '../../fixtures/upload-answers.ts'

t.test('json', async t => {
  const run = await answered(
    t,
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

t.test('ignores malformed fields that are not needed', async t => {
  const body = { text: 'Ask not.', languages: 'en', logprobs: 1, usage: {} }
  const run = await answered(t, { body }, { stream: false })
  t.same(finalsIn(run), [
    { type: 'final', turn: 'part-1', text: 'Ask not.', start: 0, end: 11_000 },
  ])
})

t.test('omits uncertain languages', async t => {
  for (const languages of [[], [{ code: 'de' }, { code: 'en' }]]) {
    const body = { text: 'Ask not.', languages }
    const [final] = finalsIn(await answered(t, { body }, { stream: false }))
    t.equal(final!.language, undefined)
    const told = { stream: false, language: 'en' }
    const [other] = finalsIn(await answered(t, { body }, told))
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
    t,
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
    t,
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
  t.same(finalsIn(await answered(t, { body }, options)), [
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
  const run = await answered(
    t,
    { body: 'Ask not.\n' },
    { responseFormat: 'text' },
  )
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
        t,
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
