import fc from 'fast-check'
import t from 'tap'
import { numberedAudio, numberedTurns } from '../../../lib/testing/index.ts'
import { RealtimeTranscriber } from '../../../lib/openai/realtime/realtime-transcriber.ts'
import {
  dispatch,
  type WireHandlers,
} from '../../../lib/openai/realtime/wire-events.ts'
import { clientOf, quickly } from '../../fixtures/realtime-run.ts'
import { runToEnd, textsOf } from '../../fixtures/run-to-end.ts'
import { WireServer, type WireEvent } from '../../fixtures/wire-server.ts'

const kind = 'conversation.item.input_audio_transcription'
const about = { item_id: 'item_1', content_index: 0 }

/** What became of an event, and what its handler was given. */
const feed = (event: WireEvent): [string, ...unknown[]] => {
  const given: unknown[] = []
  const take = (event: unknown): void => void given.push(event)
  const handlers: WireHandlers = {
    'session.created': take,
    'session.updated': take,
    'input_audio_buffer.speech_started': take,
    'input_audio_buffer.speech_stopped': take,
    'input_audio_buffer.committed': take,
    [`${kind}.delta`]: take,
    [`${kind}.completed`]: take,
    [`${kind}.failed`]: take,
    error: take,
  }
  return [dispatch(event, handlers), ...given]
}

/** Events with a meaning, by what is special in them. */
const meant: Record<string, WireEvent> = {
  'a session with an end': {
    type: 'session.created',
    session: { type: 'transcription', id: 'sess_1', expires_at: 1_790_000_000 },
  },
  'a session without one': {
    type: 'session.created',
    session: { object: 'realtime.transcription_session', expires_at: null },
  },
  'a configuration': {
    type: 'session.updated',
    session: { audio: { input: { turn_detection: null } } },
  },
  'speech that began': {
    type: 'input_audio_buffer.speech_started',
    audio_start_ms: 0,
    item_id: 'item_1',
  },
  'speech that stopped': {
    type: 'input_audio_buffer.speech_stopped',
    audio_end_ms: 1_740,
    item_id: 'item_1',
  },
  'the first commit': {
    type: 'input_audio_buffer.committed',
    item_id: 'item_1',
    previous_item_id: null,
  },
  'a later commit': {
    type: 'input_audio_buffer.committed',
    item_id: 'item_2',
    previous_item_id: 'item_1',
  },
  'a delta': { type: `${kind}.delta`, ...about, delta: ' from' },
  'a delta with all there is': {
    type: `${kind}.delta`,
    ...about,
    delta: 'Hello',
    logprobs: [{ token: 'Hello', bytes: [72], logprob: -0.1 }],
    obfuscation: 'x7fQ',
  },
  'an empty delta': {
    type: `${kind}.delta`,
    ...about,
    delta: '',
    logprobs: null,
  },
  'a transcript by tokens': {
    type: `${kind}.completed`,
    ...about,
    transcript: 'Hello from',
    usage: {
      type: 'tokens',
      total_tokens: 22,
      input_tokens: 13,
      input_token_details: { text_tokens: 0, audio_tokens: 13 },
      output_tokens: 9,
    },
    logprobs: [{ token: 'Hello', bytes: null, logprob: -0.1 }],
  },
  'a transcript by duration': {
    type: `${kind}.completed`,
    ...about,
    transcript: '',
    usage: { type: 'duration', seconds: 2.4 },
    languages: [{ code: 'en' }, { code: 'es' }],
  },
  'a transcript without usage': {
    type: `${kind}.completed`,
    ...about,
    transcript: 'Hello',
    usage: null,
    languages: null,
    logprobs: null,
  },
  'a failure': {
    type: `${kind}.failed`,
    ...about,
    error: {
      type: 'server_error',
      code: null,
      message: "Input transcription failed for item 'item_1'.",
    },
  },
  'a failure without a word': { type: `${kind}.failed`, ...about },
  'an error': {
    type: 'error',
    error: {
      type: 'invalid_request_error',
      code: 'invalid_value',
      message: 'Invalid value.',
      param: 'session.type',
      event_id: 'config',
    },
  },
  'an error with no more than a text': {
    type: 'error',
    error: { message: 'The server had an error.', code: null, param: null },
  },
}

for (const [name, event] of Object.entries(meant))
  t.test(name, async t => {
    t.same(feed(event), ['handled', event])
    const more = { ...event, event_id: 'event_1', future: { deep: [null] } }
    t.same(feed(more), ['handled', more], 'whatever else is in it')
  })

/** Events of a transcription session that change nothing here. */
const informing: WireEvent[] = [
  { type: 'input_audio_buffer.cleared' },
  {
    type: 'input_audio_buffer.timeout_triggered',
    audio_start_ms: 0,
    audio_end_ms: 900,
    item_id: 'item_1',
  },
  ...['added', 'done', 'created', 'retrieved', 'deleted', 'truncated'].map(
    what => ({
      type: `conversation.item.${what}`,
      previous_item_id: null,
      item: {
        id: 'item_1',
        type: 'message',
        status: 'completed',
        role: 'user',
        content: [{ type: 'input_audio', transcript: null }],
      },
    }),
  ),
  {
    type: `${kind}.segment`,
    ...about,
    id: 'seg_1',
    text: 'Hello',
    speaker: 'A',
    start: 0,
    end: 1.2,
  },
  { type: 'conversation.created', conversation: { id: 'conv_1' } },
  { type: 'rate_limits.updated', rate_limits: [] },
  { type: 'transcription_session.updated', session: {} },
  { type: 'response.created', response: {} },
  { type: 'future.event' },
]

t.test('ignores irrelevant events', async t => {
  for (const event of informing) t.same(feed(event), ['unknown'], event.type)
  const properties = ['', '__proto__', 'constructor', 'toString', 'ERROR']
  for (const type of properties) t.same(feed({ type }), ['unknown'], type)
})

t.test('reports events without required fields', async t => {
  const commit = 'input_audio_buffer.committed'
  const started = 'input_audio_buffer.speech_started'
  const stopped = 'input_audio_buffer.speech_stopped'
  const wrong: WireEvent[] = [
    { type: 'session.created' },
    { type: 'session.created', session: null },
    { type: started, item_id: 'item_1' },
    { type: started, audio_start_ms: 0 },
    { type: started, item_id: 'item_1', audio_start_ms: '0' },
    { type: stopped, item_id: 'item_1', audio_end_ms: null },
    { type: stopped, item_id: 7, audio_end_ms: 0 },
    { type: commit },
    { type: commit, item_id: null, previous_item_id: null },
    { type: commit, item_id: 'item_2', previous_item_id: 1 },
    { type: `${kind}.delta`, ...about },
    { type: `${kind}.delta`, delta: 'Hello' },
    { type: `${kind}.delta`, ...about, delta: null },
    { type: `${kind}.completed`, ...about },
    { type: `${kind}.completed`, ...about, transcript: null },
    { type: `${kind}.completed`, transcript: 'Hello' },
    { type: `${kind}.failed`, error: { message: 'Failed.' } },
    { type: 'error' },
    { type: 'error', error: 'Failed.' },
    { type: 'error', error: { message: { text: 'Failed.' } } },
  ]
  for (const event of wrong)
    t.same(feed(event), ['malformed'], JSON.stringify(event))
})

t.test('malformed informational events lose no transcript', async t => {
  const informs = fc.record({
    usage: fc.jsonValue(),
    languages: fc.jsonValue(),
    logprobs: fc.jsonValue(),
  })
  const said = { type: `${kind}.completed`, ...about, transcript: 'Hello' }
  fc.assert(
    fc.property(informs, more => {
      const [outcome, event] = feed({ ...said, ...more })
      const { transcript } = event as { transcript: string }
      return outcome === 'handled' && transcript === 'Hello'
    }),
    { numRuns: 200 },
  )
  const odd = { usage: { type: 'barrels' }, languages: 'en', logprobs: [1] }
  const none = { usage: null, languages: null, logprobs: null }
  t.same(feed({ ...said, ...odd }), ['handled', { ...said, ...none }])
  t.same(feed({ type: `${kind}.failed`, ...about, error: 'Failed.' }), [
    'handled',
    { type: `${kind}.failed`, ...about, error: null },
  ])
  t.same(
    feed({ type: 'session.created', session: { expires_at: 'tomorrow' } }),
    ['handled', { type: 'session.created', session: { expires_at: null } }],
  )
})

t.test('transcribes amid informational events', async t => {
  await using server = await WireServer.listen(({ type }, say) => {
    if (type === 'session.update') for (const event of informing) say(event)
    if (type !== 'input_audio_buffer.commit') return
    say(meant['the first commit']!)
    for (const event of informing) say(event)
    say(meant['a delta with all there is']!)
    say(meant['a delta']!)
    say(meant['a transcript by tokens']!)
  })
  const transcriber = new RealtimeTranscriber({
    client: clientOf(server),
    model: 'gpt-transcribe',
    turnDetection: numberedTurns(),
    timing: quickly,
  })
  const seen: string[] = []
  transcriber.on('server-event', ({ type }: WireEvent) => seen.push(type))
  const source = numberedAudio({ frames: 5 })
  const { events, error } = await runToEnd(source, transcriber)
  t.equal(error, undefined)
  t.same(textsOf(events), ['Hello from'])
  t.match(
    events.filter(({ type }) => type === 'delta'),
    [{ text: 'Hello' }, { text: ' from' }],
  )
  t.same(
    events.filter(({ type }) => type === 'warning'),
    [],
  )
  t.match(events.at(-1), {
    complete: true,
    usage: { type: 'tokens', input: 13, output: 9, total: 22 },
  })
  for (const { type } of informing)
    t.equal(seen.filter(one => one === type).length, 2, `${type} is shown`)
  t.equal(server.connections, 1)
})

t.test('warns about malformed events and continues', async t => {
  await using server = await WireServer.listen(({ type }, say) => {
    if (type !== 'input_audio_buffer.commit') return
    say(meant['the first commit']!)
    say({ type: `${kind}.delta`, ...about })
    say('[]')
    say(meant['a transcript by duration']!)
  })
  const transcriber = new RealtimeTranscriber({
    client: clientOf(server),
    model: 'gpt-transcribe',
    turnDetection: numberedTurns(),
    timing: quickly,
  })
  const source = numberedAudio({ frames: 5 })
  const { events } = await runToEnd(source, transcriber)
  t.match(
    events.filter(({ type }) => type === 'warning'),
    [
      { code: 'VOX_SERVICE_EVENT', message: /transcription\.delta' without/ },
      { code: 'VOX_SERVICE_EVENT', message: /a message that is not an event/ },
    ],
  )
  t.match(events.at(-1), { type: 'end', complete: true })
  t.equal(server.connections, 1)
})
