import { inspect } from 'node:util'
import { OpenAI } from 'openai'
import t, { type Test } from 'tap'
import type { AudioChunk } from '../../../lib/core/audio-chunk.ts'
import {
  ServiceFailedError,
  ServiceRefusedError,
} from '../../../lib/core/errors.ts'
import {
  numberedAudio,
  numberedTurns,
  SpeechServer,
  type Fault,
  type SpeechServerOptions,
} from '../../../lib/testing/index.ts'
import { RealtimeTranscriber } from '../../../lib/openai/realtime/realtime-transcriber.ts'
import { quickly } from '../../fixtures/realtime-run.ts'
import { runToEnd, textsOf, type Ending } from '../../fixtures/run-to-end.ts'
import { WireServer } from '../../fixtures/wire-server.ts'

const key = 'sk-CANARY0123456789abcdefghijklmnop'

const transcriberOf = (
  { baseURL }: { readonly baseURL: string },
  model = 'gpt-transcribe',
  timing: object = {},
): RealtimeTranscriber =>
  new RealtimeTranscriber({
    client: new OpenAI({ apiKey: key, baseURL }),
    model,
    turnDetection: numberedTurns(),
    timing: { ...quickly, ...timing },
  })

type Fatal = Ending & { readonly connections: number; readonly all: string }

const runFatal = async (
  options: SpeechServerOptions,
  model?: string,
  frames = 40,
): Promise<Fatal> => {
  await using server = await SpeechServer.listen(options)
  const transcriber = transcriberOf(server, model)
  const ending = await runToEnd(numberedAudio({ frames }), transcriber)
  const all = inspect([ending, transcriber], {
    depth: 20,
    showHidden: true,
    maxStringLength: Infinity,
  })
  return { ...ending, connections: server.connections, all }
}

/** What must hold of every error that no other try would get rid of. */
const checkRefused = (
  t: Test,
  { events, error, connections, all }: Fatal,
  message: RegExp,
  facts: object,
  attempts = 1,
): void => {
  t.ok(error instanceof ServiceRefusedError, 'it is refused')
  t.match(error, { code: 'VOX_SERVICE_REFUSED', message, ...facts })
  t.equal(connections, attempts, 'it is not tried again')
  t.notMatch(all, /CANARY/, 'nobody tells the key')
  t.notMatch(error?.message, /\n/, 'the message is one line')
  t.match(events[0], { type: 'start' })
  t.match(events.at(-1), { type: 'end', complete: false })
}

// Servers that want the model in the URL say 403 or 404: it is tried with it.
for (const [status, advice, attempts] of [
  [401, /Unauthorized.*check the API key/, 1],
  [403, /Forbidden.*check the permissions of the API key/, 2],
  [404, /Not Found.*check the base URL/, 2],
] as const)
  t.test(`${status} at the handshake`, async t => {
    const fatal = await runFatal({ handshakeStatus: status })
    const facts = { status, closeCode: undefined }
    checkRefused(t, fatal, advice, facts, attempts)
  })

t.test('ends on a refused key', async t => {
  const fatal = await runFatal({ keys: ['sk-another'] })
  checkRefused(t, fatal, /Incorrect API key provided.*check the API key/, {
    closeCode: undefined,
    serviceCode: 'invalid_api_key',
  })
})

t.test('a model that the service does not know', async t => {
  const fatal = await runFatal({}, 'gpt-nonsense')
  checkRefused(t, fatal, /transcription\.model/, {
    serviceCode: 'invalid_value',
  })
})

const problem = (code: string, message: string): string =>
  JSON.stringify({
    type: 'error',
    event_id: 'event_1',
    error: { type: 'invalid_request_error', code, message, param: null },
  })

t.test('an error that says what is wrong with the URL', async t => {
  const at = { event: 'session.update' } as const
  const message = 'You must not provide a model.'
  const faults: Fault[] = [
    { at, do: { send: problem('invalid_model', message) } },
    { at, do: { close: 4000, reason: 'invalid_request_error.invalid_model' } },
  ]
  checkRefused(t, await runFatal({ faults }), /must not provide a model/, {
    closeCode: undefined,
    serviceCode: 'invalid_model',
  })
})

for (const closeCode of [1002, 1008, 3000, 4000])
  t.test(`a connection closed with ${closeCode} and a reason`, async t => {
    const reason = 'invalid_request_error.missing_model'
    const close = { close: closeCode, reason }
    const faults = [{ at: { event: 'session.update' }, do: close }]
    checkRefused(t, await runFatal({ faults }), /missing_model/, { closeCode })
  })

t.test('a configuration that is refused', async t => {
  const message = "Unknown parameter: 'session.audio.input.nonsense'."
  const event = {
    type: 'error',
    error: {
      type: 'invalid_request_error',
      code: 'unknown_parameter',
      message,
      event_id: 'config',
    },
  }
  const at = { event: 'session.updated' } as const
  const faults: Fault[] = [{ at, do: { send: JSON.stringify(event) } }]
  checkRefused(t, await runFatal({ faults }), /Unknown parameter/, {
    serviceCode: 'unknown_parameter',
  })
})

t.test('delivers earlier text before the error', async t => {
  const message = 'You exceeded your current quota.'
  const faults: Fault[] = [
    {
      at: { frame: 22 },
      do: { send: problem('insufficient_quota', message) },
    },
  ]
  const fatal = await runFatal({ faults })
  checkRefused(t, fatal, /exceeded your current quota.*check the account/, {
    serviceCode: 'insufficient_quota',
  })
  t.equal(textsOf(fatal.events)[0], 'w0 w1 w2 w3 w4')
  const said = textsOf(fatal.events).length
  const gaps = fatal.events.filter(({ type }) => type === 'gap')
  t.ok(said >= 3 && gaps.length > 0, 'the rest are gaps')
})

t.test('a quota that ends with a transcript', async t => {
  let item = 0
  await using server = await WireServer.listen(({ type }, say) => {
    if (type !== 'input_audio_buffer.commit') return
    const item_id = `item_${++item}`
    say({ type: 'input_audio_buffer.committed', item_id })
    const about = { item_id, content_index: 0 }
    const kind = 'conversation.item.input_audio_transcription'
    if (item === 1)
      return say({ type: `${kind}.completed`, ...about, transcript: 'one' })
    const error = {
      type: 'tokens',
      code: 'insufficient_quota',
      message: `You exceeded your quota with ${key}.`,
    }
    say({ type: `${kind}.failed`, ...about, error })
  })
  const transcriber = transcriberOf(server)
  const ending = await runToEnd(numberedAudio({ frames: 20 }), transcriber)
  const { connections } = server
  const all = inspect(ending, { depth: 9, showHidden: true })
  checkRefused(t, { ...ending, connections, all }, /exceeded your quota/, {
    serviceCode: 'insufficient_quota',
  })
  t.same(textsOf(ending.events), ['one'])
})

for (const status of [429, 500, 503])
  t.test(`${status} at the handshake is tried again`, async t => {
    const { events, error, connections } = await runFatal({
      handshakeStatus: connection => (connection < 4 ? status : undefined),
    })
    t.equal(error, undefined)
    t.equal(connections, 4)
    t.equal(textsOf(events).length, 8)
    t.match(events.at(-1), { type: 'end', complete: true })
    const warnings = events.filter(({ type }) => type === 'warning')
    t.match(warnings, [{ code: 'VOX_RECONNECTING' }])
  })

t.test('gives up on an unreachable server', async t => {
  const server = await SpeechServer.listen()
  const { baseURL } = server
  await server.close()
  const transcriber = transcriberOf({ baseURL }, undefined, { giveUpMs: 50 })
  const { events, error } = await runToEnd(
    numberedAudio({ frames: 20 }),
    transcriber,
  )
  t.ok(error instanceof ServiceFailedError)
  t.match(error, { code: 'VOX_SERVICE_FAILED', retryable: true })
  t.match(error?.message, /cannot be reached/)
  t.match(events.at(-1), { type: 'end', complete: false })
})

t.test('turns of an outage become gaps, and later turns do not', async t => {
  let down = false
  await using server = await SpeechServer.listen({
    handshakeStatus: () => (down ? 503 : undefined),
  })
  const transcriber = transcriberOf(server, undefined, { giveUpMs: 60 })
  const seen = { finals: 0, gaps: 0 }
  const wait = async (reached: () => boolean): Promise<void> => {
    while (!reached()) await new Promise(setImmediate)
  }
  transcriber.on('data', ({ type }: { type: string }) => {
    if (type === 'final') seen.finals++
    else if (type === 'gap') seen.gaps++
  })
  const source = async function* (): AsyncGenerator<AudioChunk> {
    const [pause, turn] = [2_400 * 2, 2_400 * 5]
    for (const chunk of numberedAudio({ frames: 30 })) {
      const { offset } = chunk
      // In the pause after the second turn, and in that after the fourth.
      if (offset === 2 * turn + 2 * pause - 2_400) {
        await wait(() => seen.finals === 2)
        down = true
        server.inject('reset')
      }
      if (offset === 4 * turn + 4 * pause - 2_400) {
        await wait(() => seen.gaps === 2)
        down = false
      }
      yield chunk
    }
  }
  const { events, error } = await runToEnd(source(), transcriber)
  t.equal(error, undefined)
  t.same(textsOf(events), [
    'w0 w1 w2 w3 w4',
    'w5 w6 w7 w8 w9',
    'w20 w21 w22 w23 w24',
    'w25 w26 w27 w28 w29',
  ])
  t.match(
    events.filter(({ type }) => type === 'gap'),
    [
      { start: 1_400, end: 1_900, reason: /the service was down/ },
      { start: 2_100, end: 2_600 },
    ],
  )
  t.match(events.at(-1), { type: 'end', complete: false })
})
