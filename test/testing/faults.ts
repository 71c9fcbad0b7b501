import { once } from 'node:events'
import t, { type Test } from 'tap'
import type { Fault, SpeechServerOptions } from '../../lib/testing/index.ts'
import { numberedSamples } from '../fixtures/numbered.ts'
import { openServer, RealtimeClient } from '../fixtures/realtime-client.ts'

/** Turns of two frames: 0 and 1, 2 and 3, … */
const turnOf = (first: number): Int16Array =>
  numberedSamples({ frames: 2, first })

const say = (client: RealtimeClient, first: number): void => {
  client.append(turnOf(first))
  client.commit()
}

const open = async (
  t: Test,
  faults: Fault[],
  options: SpeechServerOptions = {},
) => {
  const { server, dial } = await openServer(t, { ...options, faults })
  const start = async (model = 'gpt-transcribe') => {
    const client = await dial()
    await client.update({ transcription: { model }, turn_detection: null })
    return client
  }
  return { server, start }
}

const frame = { frame: 3 }
const committed = 'input_audio_buffer.committed'

const closes: [Fault['do'], { code: number; reason: string }][] = [
  ['reset', { code: 1006, reason: '' }],
  ['end', { code: 1006, reason: '' }],
  [{ close: 1005 }, { code: 1005, reason: '' }],
  ...[1000, 1001, 1008, 1011, 1012, 1013, 3000, 4000].map(
    (code): (typeof closes)[number] => [
      { close: code, reason: 'so it is' },
      { code, reason: 'so it is' },
    ],
  ),
  [
    'expire',
    {
      code: 1001,
      reason: 'Your session hit the maximum duration of 60 minutes.',
    },
  ],
]

for (const [action, ending] of closes)
  t.test(`${JSON.stringify(action)} at a frame`, async t => {
    const { server, start } = await open(t, [{ at: frame, do: action }])
    const client = await start()
    say(client, 0)
    await client.heard('.completed')
    say(client, 2)
    t.same(await client.closed, ending)
    t.same(client.texts, ['w0 w1'])
    if (action === 'expire')
      t.match(client.events.at(-1), { error: { code: 'session_expired' } })
    const next = await start()
    say(next, 2)
    await next.heard('.completed')
    t.same(next.texts, ['w2 w3'], 'it happens once')
    t.equal(server.connections, 2)
    await next.close()
  })

t.test('breaks a connection that is already closing', async t => {
  const { server, start } = await open(t, [])
  for (const first of ['end', { close: 1000 }] as const) {
    const client = await start()
    server.inject(first)
    server.inject('reset')
    await client.closed
    while (server.sessions > 0) await new Promise(setImmediate)
  }
})

t.test('once a turn is committed, and before an event goes out', async t => {
  const { start } = await open(t, [
    { at: { commit: 2 }, do: 'reset' },
    { at: { event: committed, nth: 2 }, do: { close: 1011 } },
    { at: { event: 'input_audio_buffer.commit', nth: 4 }, do: 'end' },
  ])
  for (const [code, events] of [
    [1006, 6],
    [1011, 0],
    [1006, 0],
  ] as const) {
    const client = await start()
    client.events.length = 0
    if (events > 0) {
      say(client, 0)
      await client.heard('.completed')
    }
    say(client, 0)
    t.equal((await client.closed).code, code)
    t.equal(client.events.length, events)
  }
})

t.test('injects a fault before any audio', async t => {
  const { server, dial } = await openServer(t, {
    faults: [
      { at: { event: 'session.created' }, do: 'reset' },
      { at: { event: 'session.created', nth: 2 }, do: 'stall' },
    ],
  })
  await t.rejects(dial(), { message: 'closed before the 1th session.created' })
  const stalled = new RealtimeClient(server.port, 'x')
  await once(stalled.socket, 'open')
  t.same(stalled.events, [])
  t.equal(server.sessions, 0)
  stalled.socket.terminate()
})

t.test('injects a fault as often as requested', async t => {
  const { server, start } = await open(t, [
    { at: frame, do: 'reset', times: 3 },
  ])
  for (let i = 0; i < 3; i++) {
    const client = await start()
    say(client, 2)
    await client.closed
  }
  const client = await start()
  say(client, 2)
  await client.heard('.completed')
  t.equal(server.connections, 4)
  t.equal(server.received.get('input_audio_buffer.commit'), 1)
})

t.test('each time that a frame comes again', async t => {
  const { start } = await open(t, [
    { at: frame, do: 'drop-completed', times: 2 },
  ])
  const client = await start()
  for (const first of [0, 2, 0, 2, 0, 2]) say(client, first)
  await client.heard('.completed', 4)
  t.same(client.texts, ['w0 w1', 'w0 w1', 'w0 w1', 'w2 w3'])
})

t.test('a peer that stalls', async t => {
  const { server, start } = await open(t, [{ at: frame, do: 'stall' }], {
    pingMs: 1,
  })
  const client = await start()
  say(client, 0)
  await client.heard('.completed')
  await once(client.socket, 'ping')
  const before = client.events.length
  client.append(turnOf(2))
  while (server.sessions > 0) await new Promise(setImmediate)
  client.commit()
  client.socket.ping()
  let noise = 0
  client.socket.on('pong', () => noise++)
  // Whatever it had to say would have come with a turn of another session.
  const other = await start()
  say(other, 4)
  await other.heard('.completed')
  t.equal(client.events.length, before)
  t.equal(noise, 0)
  t.equal(client.socket.readyState, client.socket.OPEN)
  t.equal(server.sessions, 1)
  client.socket.terminate()
})

t.test('stops reading until it is resumed', async t => {
  const { server, start } = await open(t, [{ at: frame, do: 'stop-reading' }])
  const client = await start()
  client.append(turnOf(2))
  while (!server.received.has('input_audio_buffer.append'))
    await new Promise(setImmediate)
  const big = Buffer.alloc(600_000).toString('base64')
  for (let i = 0; i < 20; i++)
    client.send({ type: 'input_audio_buffer.append', audio: big })
  await new Promise(setImmediate)
  t.ok(client.socket.bufferedAmount > 1_000_000)
  client.commit()
  server.resume()
  t.match(await client.heard('.completed'), { transcript: 'w2 w3' })
})

t.test('texts that are no events', async t => {
  const texts = ['{', 'null', '[]', '{"type":1}', '{"type":"brand.new"}']
  const { start } = await open(
    t,
    texts.map(send => ({ at: frame, do: { send } })),
  )
  const client = await start()
  const heard: string[] = []
  client.socket.on('message', data => heard.push((data as Buffer).toString()))
  say(client, 2)
  await client.heard('.completed')
  t.same(heard.slice(0, 5), texts)
})

t.test('a server that is slow', async t => {
  const { start } = await open(t, [
    { at: { event: 'session.update' }, do: { slow: 15 } },
  ])
  const client = await start()
  const begin = performance.now()
  say(client, 0)
  say(client, 2)
  await client.heard('.completed', 2)
  t.ok(performance.now() - begin >= 14)
  t.same(client.texts, ['w0 w1', 'w2 w3'], 'the order stays')
})

const spoilt: [Fault['do'], endings: string[], texts: string[]][] = [
  [
    'duplicate-completed',
    ['completed', 'completed', 'completed'],
    ['w0 w1', 'w2 w3', 'w2 w3'],
  ],
  ['drop-completed', ['completed'], ['w0 w1']],
  ['malform-completed', ['completed', 'garbage'], ['w0 w1']],
  ['fail-transcription', ['completed', 'failed'], ['w0 w1']],
  ['reorder-completed', ['completed', 'completed'], ['w0 w1', 'w2 w3']],
]

for (const at of [frame, { commit: 2 }])
  for (const [action, endings, texts] of spoilt)
    t.test(`${action as string} at ${JSON.stringify(at)}`, async t => {
      const { start } = await open(t, [{ at, do: action }], { holdMs: 5 })
      const client = await start()
      say(client, 0)
      say(client, 2)
      say(client, 4)
      await client.heard('.completed', texts.length + 1)
      const heard = client.types.filter(type =>
        /^(completed|failed|garbage)$/.test(type),
      )
      t.same(heard, [...endings, 'completed'])
      t.same(
        client.texts,
        action === 'reorder-completed'
          ? ['w0 w1', 'w4 w5', 'w2 w3']
          : [...texts, 'w4 w5'],
      )
      const last = client.events.findLast(({ type }) =>
        type.endsWith('.committed'),
      )
      t.match(last, { previous_item_id: /^item_/ })
    })

t.test('the last completion is held back no longer than holdMs', async t => {
  const { start } = await open(
    t,
    [{ at: { commit: 1 }, do: 'reorder-completed' }],
    { holdMs: 1 },
  )
  const client = await start()
  say(client, 0)
  await client.heard('.completed')
  t.same(client.texts, ['w0 w1'])
})

t.test('live models: the frame is one of the turn that is open', async t => {
  const { start } = await open(t, [{ at: frame, do: 'fail-transcription' }])
  const client = await start('gpt-live-transcribe')
  say(client, 0)
  say(client, 2)
  const failed = await client.heard('.failed')
  const second = await client.heard('.committed', 2)
  t.equal(failed['item_id'], second['item_id'])
})

t.test('frames are seen however the audio is cut', async t => {
  for (const portion of [1, 3, 7, 2_400]) {
    const { start } = await open(t, [{ at: frame, do: { close: 1011 } }])
    const client = await start()
    client.append(numberedSamples({ frames: 4, frameMs: 1 }), portion)
    t.equal((await client.closed).code, 1011)
  }
})

t.test('refuses invalid faults', async t => {
  const wrong = [
    { at: { frame: -1 }, do: 'reset' },
    { at: { commit: 0 }, do: 'reset' },
    { at: { event: 1 }, do: 'reset' },
    { at: { event: 'x', nth: 0 }, do: 'reset' },
    { at: { frame: 1 }, do: 'explode' },
    { at: { frame: 1 }, do: { close: 999 } },
    { at: { frame: 1 }, do: { close: 1006 } },
    { at: { frame: 1 }, do: { slow: -1 } },
    { at: { frame: 1 }, do: { send: null } },
    { at: { frame: 1 }, do: 'reset', times: 0 },
  ] as unknown as Fault[]
  for (const fault of wrong)
    await t.rejects(open(t, [fault]), { code: 'VOX_OPTION' })
})
