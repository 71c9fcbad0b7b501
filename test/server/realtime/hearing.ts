import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { MoonshineRecognizer } from '../../../lib/recognizers/moonshine/moonshine-recognizer.ts'
import { SileroActivity } from '../../../lib/recognizers/engine/silero-activity.ts'
import type { VoiceActivity } from '../../../lib/recognizers/voice-activity.ts'
import { ClientSecrets } from '../../../lib/server/client-secrets.ts'
import { Engines } from '../../../lib/server/engines.ts'
import { Metrics } from '../../../lib/server/metrics.ts'
import { RealtimeEndpoint } from '../../../lib/server/realtime/realtime-endpoint.ts'
import { resolveServerOptions } from '../../../lib/server/server-options.ts'
import { testModels } from '../../fixtures/models.ts'
import { RawRealtime } from '../../fixtures/raw-realtime.ts'
import { pcm24 } from '../../fixtures/served.ts'
import { jfk, jfkStart } from '../../fixtures/speech-clips.ts'
import { recognisesStart } from '../../fixtures/recognised.ts'

const speech = await pcm24(jfk)
const modelDir = await testModels()

/** A recogniser of which the next jobs fail, or wait. */
class FrailRecognizer extends MoonshineRecognizer {
  failures = 0
  detectionFails = false
  held: Promise<void> | undefined

  override async recognize(
    ...given: Parameters<MoonshineRecognizer['recognize']>
  ): ReturnType<MoonshineRecognizer['recognize']> {
    await this.held
    if (this.failures-- > 0) throw new Error('/secret/path broke')
    return super.recognize(...given)
  }

  override readonly voiceActivity: VoiceActivity = {
    detect: async (...given) => {
      await this.held
      if (this.detectionFails) throw new Error('/secret/path broke')
      return this.#detector.detect(...given)
    },
  }
  readonly #detector = new SileroActivity({ modelDir })

  override async close(): Promise<void> {
    await Promise.all([super.close(), this.#detector.close()])
  }
}

const recognizer = new FrailRecognizer({ modelDir })
t.teardown(() => recognizer.close())
const options = resolveServerOptions({ recognizer })
const engines = new Engines(options)

const open = async (t: Test) => {
  const endpoint = new RealtimeEndpoint({
    options,
    engines,
    metrics: new Metrics(),
    secrets: new ClientSecrets(),
    isKey: () => true,
  })
  const server: Server = createServer()
  server.on('upgrade', (request, socket, head) =>
    endpoint.upgrade(request, socket, head, new URL(request.url!, 'http://x')),
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    endpoint.terminate()
    server.close()
  })
  const client = new RawRealtime((server.address() as AddressInfo).port)
  await client.heard('session.created')
  return client
}

const FAILED = 'conversation.item.input_audio_transcription.failed'

t.test('a turn that the engine fails at, and the next one', async t => {
  const client = await open(t)
  client.update({ transcription: { model: 'whisper-1' }, turn_detection: null })
  recognizer.failures = 1
  client.append(speech)
  client.commit()
  const failed = await client.heard('.failed')
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
    client.append(speech.slice(0, 60_000))
    client.commit()
    await Promise.any([
      client.heard('.completed'),
      client.heard('.failed', outcomes.length + 1),
    ])
  } while (client.texts.length === 0)
  recognisesStart(t, client.texts[0]!, jfkStart)
})

t.test('it fails while somebody speaks', async t => {
  for (const model of ['gpt-4o-transcribe', 'moonshine-tiny', undefined]) {
    const client = await open(t)
    if (model) client.update({ transcription: { model } })
    client.append(speech.slice(0, 36_000))
    await client.heard('speech_started')
    recognizer.detectionFails = true
    client.append(speech.slice(36_000, 48_000))
    await client.heard('error')
    recognizer.detectionFails = false
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
    client.commit()
    t.match(await client.heard('error', 2), { error: { type: 'server_error' } })
    await client.close()
  }
})

t.test('what comes waits for the engine, and then in the socket', async t => {
  const client = await open(t)
  let release = (): void => {}
  recognizer.held = new Promise(resolve => (release = resolve))
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
  recognizer.held = undefined
  release()
  await client.heard('session.updated', 2)
  t.equal(client.socket.bufferedAmount, 0)
})

t.test('nobody waits for an engine that does not answer', async t => {
  const client = await open(t)
  let release = (): void => {}
  recognizer.held = new Promise(resolve => (release = resolve))
  client.update({ transcription: { model: 'whisper-1' }, turn_detection: null })
  client.append(speech)
  client.commit()
  await client.heard('session.updated')
  await client.close()
  release()
})
