import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import type { FileRow } from '../../../benchmarks/latency/latency-data.ts'
import liveCase, {
  type LiveQuestion,
  type LiveRun,
} from '../../../benchmarks/latency/live-case.ts'
import { normalizePlaced } from '../../../benchmarks/latency/turn-records.ts'
import { SpeechServer } from '../../../lib/testing/index.ts'
import {
  ask,
  madeUpClip,
  never,
  shortClip,
} from '../../fixtures/bench-context.ts'
import { benchRecognizer } from '../../fixtures/bench-recognizer.ts'

const clip = await shortClip()

/** In this process: what comes out is looked at, and not how late. */
const run = (question: Partial<LiveQuestion>): Promise<LiveRun | undefined> =>
  liveCase(
    { engine: 'local', clips: [clip], streams: 1, ...question },
    { signal: never },
  )

const folder = t.testdir({})
let modules = 0

const competitor = (source: string): Partial<LiveQuestion> => {
  const path = join(folder, `peer-${modules++}.mjs`)
  writeFileSync(path, source)
  const module = pathToFileURL(path).href
  return { engine: 'competitor', module, clips: [madeUpClip()] }
}

t.test('the local engine, and its files', async t => {
  const found = (await run({
    engine: 'local',
    recognizer: benchRecognizer,
    latency: 'low',
  }))!
  const [measured, ...others] = found.clips
  t.same(others, [])
  t.equal(found.model, 'scripted')
  t.match(measured, { id: clip.id, stream: 0, violations: [] })
  const { words, times, finalErrors, deltaErrors } = measured!
  t.equal(finalErrors.errors + deltaErrors.errors, 0)
  const said = normalizePlaced(clip.words!).filter(
    ({ end }) => !Number.isNaN(end),
  ).length
  t.equal(words.length, said, 'words have delays')
  // What the normaliser makes two words of has one time.
  t.ok(times.length >= said / 2 && times.length <= said, 'words have times')
  t.ok(
    times.every(({ ms }) => Math.abs(ms) < 1),
    'which are those of the script',
  )
  t.equal(measured!.ends.length, 1)
  const types = measured!.events
    .map(({ type }) => type)
    .filter(type => type !== 'warning')
  t.equal(types[0], 'speech-start')
  t.equal(types.at(-1), 'final')
  t.match(found.fileErrors, { errors: 0, words: finalErrors.words })
  t.equal(found.audioMs, clip.samples.length / 16 + 1_500)
  t.ok(found.cost.cpuMs > 0)
})

t.test('passes settings to a competitor', async t => {
  const source = `export default async options => ({
    model: JSON.stringify(options),
    width: 2,
    async *run(source) {
      for await (const chunk of source) {}
      yield { type: 'final', turn: 'a', text: 'Good morning.', start: 0, end: 400 }
    },
    close: async () => {},
  })`
  const found = await run({
    ...competitor(source),
    model: 'base',
    streams: 2,
    language: 'en',
  })
  t.same(JSON.parse(found!.model), {
    model: 'base',
    language: 'en',
    silenceMs: 500,
  })
  t.same(
    found!.clips.map(({ stream, words }) => [stream, words.length]),
    [
      [0, 2],
      [1, 2],
    ],
  )
  t.equal(found!.fileErrors, undefined)
})

t.test('one that is not installed has no answer', async t => {
  const source = 'export default async () => undefined'
  t.equal(await run(competitor(source)), undefined)
})

t.test('has no figures for wrong output', async t => {
  const saying = (text: string) => `export default async () => ({
    model: 'x',
    width: 1,
    async *run(source) {
      for await (const chunk of source) {}
      ${text}
    },
    close: async () => {},
  })`
  const final = `yield { type: 'final', turn: 'a', text: 'Other words.', start: 0, end: 400 }`
  const wrongs: readonly [string, string][] = [
    ['', 'no final came'],
    [final, '100 % of the words are wrong'],
    [`${final};${final}`, 'a: a final after its final'],
  ]
  await Promise.all(
    wrongs.map(([body, message]) =>
      t.rejects(run(competitor(saying(body))), { message }),
    ),
  )
})

t.test('OpenAI, live and with files', async t => {
  const server = await SpeechServer.listen({ transcribe: () => clip.text })
  t.teardown(() => server.close())
  process.env['OPENAI_API_KEY'] = 'sk-of-a-test'
  process.env['OPENAI_BASE_URL'] = server.baseURL
  const model = 'gpt-transcribe'
  const live = await run({ engine: 'openai', model, language: 'en' })
  t.equal(live!.model, 'gpt-transcribe, server_vad')
  t.match(live!.clips, [{ finalErrors: { errors: 0 }, violations: [] }])
  t.ok(server.sessions <= 1 && server.connections >= 1)
  const files = await ask<Omit<FileRow, 'name'>>('latency-files', {
    clips: [{ id: clip.id, path: clip.path, text: clip.text }],
    model: 'gpt-transcribe',
  })
  t.match(files, {
    model: 'gpt-transcribe',
    first: { n: 1 },
    last: { n: 1 },
    errors: { errors: 0 },
    files: [{ id: clip.id }],
  })
  t.ok(files.files[0]!.last >= files.files[0]!.first)
  t.equal(server.requests.length, 2, 'the first connection is not measured')
})
