import t, { type Test } from 'tap'
import { PendingAudio } from '../../../lib/server/realtime/engine-session.ts'
import { openServer } from '../../fixtures/local-server.ts'
import { RawRealtime } from '../../fixtures/raw-realtime.ts'
import { jfkPart, jfkRecognizer } from '../../fixtures/scripted.ts'
import { pcm24 } from '../../fixtures/served.ts'
import { jfk, jfkStart, jfkText } from '../../fixtures/speech-clips.ts'

const speech = await pcm24(jfk)
/** “And so my fellow Americans”: 2.5 s. */
const phrase = speech.slice(0, 60_000)

/** The type of the jobs that fail. */
let failing: 'recognize' | 'detect' | undefined
let held: Promise<void> | undefined

/** It hears the phrase again and again; its jobs fail, or wait. */
const recognizer = jfkRecognizer({
  words: jfkPart(0, 2_500, 0),
  repeatMs: 2_500,
  onJob: async ({ type }) => {
    if (type !== 'ready') await held
    if (type === failing) throw new Error('/secret/path broke')
  },
})
const server = await openServer(t, { recognizer })

const open = async (t: Test, { port } = server): Promise<RawRealtime> => {
  const client = new RawRealtime(port)
  t.teardown(() => client.socket.terminate())
  await client.heard('session.created')
  return client
}

const manual = (model: string) => ({
  transcription: { model },
  turn_detection: null,
})

const FAILED = 'conversation.item.input_audio_transcription.failed'

t.test('a turn that the recogniser fails at, and the next one', async t => {
  const client = await open(t)
  client.update(manual('whisper-1'))
  failing = 'recognize'
  client.append(phrase)
  client.commit()
  const failed = await client.heard('.failed')
  failing = undefined
  const { item_id } = await client.heard('committed')
  t.same(
    { ...failed, event_id: undefined },
    {
      type: FAILED,
      item_id,
      content_index: 0,
      error: {
        type: 'server_error',
        code: null,
        message: `Input transcription failed for item '${String(item_id)}'.`,
        param: null,
      },
      event_id: undefined,
    },
  )
  const { error } = await client.heard('error')
  t.match(error, { type: 'server_error', code: null })
  t.notMatch(JSON.stringify(client.events), /secret/)
  // It is left alone for a second.
  do {
    const outcomes = client.types.filter(type =>
      /^(completed|failed)$/.test(type),
    )
    client.append(phrase)
    client.commit()
    await Promise.any([
      client.heard('.completed'),
      client.heard('.failed', outcomes.length + 1),
    ])
  } while (client.texts.length === 0)
  t.equal(client.texts[0], jfkStart)
})

t.test('it fails while somebody speaks', async t => {
  for (const model of ['gpt-4o-transcribe', 'scripted', undefined]) {
    const client = await open(t)
    if (model) client.update({ transcription: { model } })
    client.append(phrase.slice(0, 36_000))
    await client.heard('speech_started')
    failing = 'detect'
    client.append(phrase.slice(36_000, 48_000))
    await client.heard('error')
    t.same(
      client.types.slice(model ? 2 : 1).filter(type => type !== 'delta'),
      [
        'input_audio_buffer.speech_started',
        'input_audio_buffer.speech_stopped',
        'input_audio_buffer.committed',
        'conversation.item.added',
        'conversation.item.done',
        ...(model ? ['failed'] : []),
        'error',
      ],
    )
    // Whether it is still left alone, or fails again.
    client.append(phrase.slice(48_000))
    client.commit()
    t.match(await client.heard('error', 2), { error: { type: 'server_error' } })
    failing = undefined
    await client.close()
  }
})

t.test('what comes waits for the engine, and then in the socket', async t => {
  const client = await open(t)
  let release = (): void => {}
  held = new Promise(resolve => (release = resolve))
  client.update({ transcription: { model: 'whisper-1' } })
  await client.heard('session.updated')
  const minute = new Int16Array(24_000 * 60)
  for (let i = 0; i < 5; i++) client.append(minute, 24_000)
  client.update({})
  // As much as the network takes goes out, and no more.
  let left = -1
  while (left !== client.socket.bufferedAmount) {
    left = client.socket.bufferedAmount
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  t.ok(left > 2_000_000, 'most of it stays where it is')
  held = undefined
  release()
  await client.heard('session.updated', 2)
  t.equal(client.socket.bufferedAmount, 0)
})

t.test('nobody waits for an engine that does not answer', async t => {
  const client = await open(t)
  let release = (): void => {}
  held = new Promise(resolve => (release = resolve))
  client.update(manual('whisper-1'))
  client.append(phrase) // less than what stays in the socket
  client.commit()
  await client.heard('session.updated')
  await client.close()
  held = undefined
  release()
  t.pass('it is closed')
})

t.test('no audio comes before the recogniser is ready', async t => {
  let release = (): void => {}
  const ready = new Promise<void>(resolve => (release = resolve))
  const late = Object.assign(jfkRecognizer(), { ready: () => ready })
  const client = await open(t, await openServer(t, { recognizer: late }))
  client.update(manual('whisper-1'))
  client.append(speech)
  client.commit()
  await client.heard('session.updated')
  t.same(late.jobs, [])
  t.notOk(late.warm)
  release()
  await client.heard('.completed')
  t.equal(client.texts[0], jfkText)
  t.ok(late.warm, 'and then it is warmed up')
})

t.test('a recogniser that cannot work fails every turn', async t => {
  const broken = Object.assign(jfkRecognizer(), {
    ready: () => Promise.reject(new Error('/secret/path is missing')),
  })
  const client = await open(t, await openServer(t, { recognizer: broken }))
  client.update(manual('whisper-1'))
  client.append(speech)
  client.commit()
  await client.heard('.failed')
  t.match(await client.heard('error'), { error: { type: 'server_error' } })
  t.notMatch(JSON.stringify(client.events), /secret/)
  t.same(broken.jobs, [])
})

t.test('text comes late where the recogniser has none before', async t => {
  for (const live of ['none', 'stream'] as const) {
    const its = jfkRecognizer({ live })
    const client = await open(t, await openServer(t, { recognizer: its }))
    client.update(manual('gpt-live-transcribe'))
    client.append(phrase)
    client.append(new Int16Array(12_000))
    if (live === 'stream') await client.heard('.delta')
    client.commit()
    await client.heard('.completed')
    t.same(client.texts, [jfkStart], live)
    const deltas = client.events.filter(({ type }) => type.endsWith('.delta'))
    t.equal(deltas.map(({ delta }) => delta).join(''), jfkStart)
    t.notOk(its.jobs.some(({ type }) => type === 'partial'))
  }
})

const samples = Float32Array.from({ length: 16_000 }, (_, i) => i)

t.test('keeps what was not committed, a minute of it', async t => {
  const held = new PendingAudio()
  for (let i = 0; i < 3; i++) await held.push(samples)
  const all = await held.drainUncommitted()
  t.same(all, [...samples, ...samples, ...samples])
  t.equal((await held.drainUncommitted()).length, 0)
  for (let i = 0; i < 70; i++) await held.push(samples)
  t.equal((await held.drainUncommitted()).length, 960_000)
})

t.test('a commit and a clear', async t => {
  const held = new PendingAudio()
  const told: unknown[] = []
  await held.push(samples)
  await held.commit({
    before: () => told.push('before'),
    after: turn => told.push(turn),
  })
  t.same(told, ['before', undefined])
  t.equal((await held.drainUncommitted()).length, 0)
  await held.push(samples)
  await held.clear()
  t.equal((await held.drainUncommitted()).length, 0)
})
