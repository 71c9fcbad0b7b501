import t from 'tap'
import { readAnswer } from '../../../lib/openai/files/read-answer.ts'
import { finalsIn, shownIn } from '../../fixtures/file-runs.ts'
import { answered, cost, tokens } from '../../fixtures/upload-answers.ts'

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
  const run = await answered(t, {
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
    t,
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
    t,
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
    t,
    { events: [done('And so ask not'), end] },
    { model: 'gpt-4o-transcribe-diarize' },
  )
  t.match(finalsIn(run), [{ text: 'And so ask not', start: 0, end: 11_000 }])
})

t.test('a service that knows no streams is understood', async t => {
  const run = await answered(
    t,
    { body: { text: 'Ask not.' } },
    { stream: true },
  )
  t.match(finalsIn(run), [{ text: 'Ask not.' }])
})

t.test('where nothing was said there is no final', async t => {
  for (const reply of [
    { body: { text: ' ' } },
    { events: [done(''), end] },
    { body: { text: '', segments: [] } },
  ]) {
    const run = await answered(t, reply)
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
    const { error } = await answered(t, reply)
    t.match(error, { ...failed, message })
    t.notMatch((error as Error).message, /secret/)
  }
})

t.test('an error within a stream says what the service says', async t => {
  const message = 'The server had an error'
  const busy = { message, type: 'server_error', code: null, param: null }
  for (const event of [{ error: busy }, { ...busy, type: 'error' }])
    t.match(await answered(t, { events: [delta('And'), event, end] }), {
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
  t.match(await answered(t, { events: [{ error: quota }] }), {
    error: {
      code: 'VOX_SERVICE_REFUSED',
      message: /No money; check the account/,
    },
  })
})

t.test('packets may end anywhere, also inside of CR LF', async t => {
  const bytes = new TextEncoder().encode(
    [
      'event: transcript.text.done',
      'data: {"type":"transcript.text.done",',
      'data: "text":"Ask – not."}',
      '',
      '',
    ].join('\r\n'),
  )
  for (let at = 1; at < bytes.length; at++) {
    const body = new ReadableStream<Uint8Array>({
      start: controller => {
        controller.enqueue(bytes.subarray(0, at))
        controller.enqueue(bytes.subarray(at))
        controller.close()
      },
    })
    const response = new Response(body, {
      headers: { 'content-type': 'text/event-stream' },
    })
    const { text } = await readAnswer(response, 'json', {
      onActivity: () => {},
      onDelta: () => {},
      hide: text => text,
    })
    if (text !== 'Ask – not.') t.fail(`cut at ${at}: ${text}`)
  }
})
