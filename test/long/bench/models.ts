import { copyFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import type {
  LiveQuestion,
  LiveRun,
} from '../../../benchmarks/latency/live-case.ts'
import type { ThroughputData } from '../../../benchmarks/throughput/throughput-tables.ts'
import throughputSuite from '../../../benchmarks/throughput/throughput-suite.ts'
import { SpeechServer } from '../../../lib/testing/index.ts'
import { ask, contextOf, shortClip } from '../../fixtures/bench-context.ts'
import { testModels } from '../../fixtures/models.ts'
import { allowedErrors } from '../../fixtures/recognised.ts'
import { Workspace } from '../../fixtures/workspace.ts'

/*
 * What the harness measures with the models that ship; the rest of it is
 * tested with a recogniser by script.
 */

const modelDir = await testModels()
process.env['VOXPIPE_MODELS'] = modelDir
const clip = await shortClip()

const live = (question: Partial<LiveQuestion>): Promise<LiveRun> =>
  ask<LiveRun>('latency-live', { clips: [clip], streams: 1, ...question })

t.test('the local engine, live and with files', async t => {
  const model = 'tiny'
  const found = await live({ engine: 'local', model, latency: 'low', modelDir })
  const [measured] = found.clips
  t.equal(found.model, 'moonshine-tiny')
  t.match(measured, { id: clip.id, stream: 0, violations: [] })
  t.ok(measured!.finalErrors.errors <= allowedErrors(clip.text))
  t.ok(measured!.words.length > 0 && measured!.times.length > 0)
  t.equal(found.fileErrors!.words, measured!.finalErrors.words)
})

t.test('OpenAI, whose turns are found here', async t => {
  const server = await SpeechServer.listen({ transcribe: () => clip.text })
  t.teardown(() => server.close())
  process.env['OPENAI_API_KEY'] = 'sk-of-a-test'
  process.env['OPENAI_BASE_URL'] = server.baseURL
  const found = await live({ engine: 'openai', language: 'en' })
  t.equal(found.model, 'gpt-live-transcribe, local_vad')
  t.match(found.clips, [{ finalErrors: { errors: 0 }, violations: [] }])
  t.ok(server.sessions <= 1 && server.connections >= 1)
})

t.test('the pipeline of the docs', async t => {
  const user = t.testdir({})
  await Workspace.fill(user)
  const name = 'bench-pipeline.js'
  const examples = resolve(import.meta.dirname, '../../../docs/examples')
  const module = join(user, name)
  await copyFile(join(examples, name), module)
  const { clips, audioMs } = await live({ engine: 'pipeline', module })
  t.equal(audioMs, clip.samples.length / 16 + 1_500)
  t.match(clips, [{ id: clip.id, stream: 0, violations: [] }])
  const types = new Set(clips[0]!.events.map(({ type }) => type))
  t.ok(types.has('delta') && types.has('final'))
  t.ok(clips[0]!.words.length > 0)
})

t.test('texts beside others, with the same model', async t => {
  const folder = t.testdir({
    'peer.mjs': `export default async ({ encoder, decoder, threads }) => {
      if (!encoder || !decoder || !(threads > 0)) throw new Error('with what?')
      return { text: () => ${JSON.stringify(clip.text)} }
    }`,
    'absent.mjs': 'export default async () => undefined',
  })
  const module = (name: string): string =>
    pathToFileURL(join(folder, name)).href
  const result = await throughputSuite(
    contextOf([clip], {
      options: { models: ['tiny'], modelDir },
      competitors: {
        throughput: { peer: module('peer.mjs'), absent: module('absent.mjs') },
      },
      runCase: <Out>(name: string, input: unknown): Promise<Out> =>
        name === 'throughput-text'
          ? ask<Out>(name, { ...(input as object), seconds: 1, rounds: 2 })
          : Promise.reject(new Error('not asked')),
    }),
  )
  t.ok(result.notes.includes('absent is not installed.'))
  const { texts } = result.data as ThroughputData
  t.match(texts, [
    { model: 'tiny', runs: 2, beside: [{ name: 'peer', runs: 2 }] },
  ])
  t.ok(texts[0]!.loadMs > 0 && texts[0]!.peakRss > 1e7)
  const ids = new Set(result.figures.map(({ id }) => id))
  t.ok(ids.has('throughput/file → text, tiny'))
  t.ok(ids.has('throughput/file → text, tiny, to peer'))
})
