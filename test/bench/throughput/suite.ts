import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { cases } from '../../../lib/bench/cases.ts'
import type { BenchContext } from '../../../lib/bench/suite.ts'
import type { ThroughputData } from '../../../lib/bench/throughput/data.ts'
import throughputSuite from '../../../lib/bench/throughput/suite.ts'
import { contextOf, never, shortClip } from '../../fixtures/bench-context.ts'
import { testModels } from '../../fixtures/models.ts'

const modelDir = await testModels()
const clip = await shortClip()

/** The real cases, in this process, with less to do. */
const less: BenchContext['runCase'] = async <Out>(
  name: string,
  input: unknown,
) => {
  const { default: run } = await cases[name]!()
  const small = { ...(input as object), seconds: 1, runs: 1, rounds: 2 }
  return (await run(small as never, { signal: never })) as Out
}

t.test('stages, texts beside others, and the event loop', async t => {
  const folder = t.testdir({
    'peer.mjs': `export default async ({ encoder, decoder, threads }) => {
      if (!encoder || !decoder || !(threads > 0)) throw new Error('with what?')
      return { text: () => ${JSON.stringify(clip.text)} }
    }`,
    'absent.mjs': 'export default async () => undefined',
  })
  const module = (name: string) => pathToFileURL(join(folder, name)).href
  const result = await throughputSuite(
    contextOf([clip], {
      options: { models: ['tiny'], modelDir },
      runCase: less,
      competitors: {
        throughput: {
          peer: module('peer.mjs'),
          absent: module('absent.mjs'),
        },
      },
    }),
  )
  t.same(result.failures, [])
  t.ok(result.notes.includes('absent is not installed.'))
  const { stages, texts, loopDelays } = result.data as ThroughputData
  t.ok(stages.length >= 6)
  t.match(texts, [
    { model: 'tiny', runs: 2, beside: [{ name: 'peer', runs: 2 }] },
  ])
  t.ok(texts[0]!.loadMs > 0 && texts[0]!.peakRss > 1e7)
  t.same(
    loopDelays.map(row => row.while),
    ['idle', 'file → text', 'live text of one stream'],
  )
  t.ok(
    loopDelays.every(({ delay }) => delay.n > 0 && delay.p999! >= delay.p50!),
  )
  t.match(result.verdicts, [
    { name: 'decode → resample → chunk, × real time', limit: '≥ 200' },
  ])
  const ids = new Set(result.figures.map(({ id }) => id))
  t.ok(ids.has('throughput/resample'))
  t.ok(ids.has('throughput/file → text, tiny'))
  t.ok(ids.has('throughput/file → text, tiny, to peer'))
  for (const { head, rows } of result.tables)
    t.ok(rows.every(cells => cells.length === head.length))
})

t.test('a text that is wrong is no figure', async t => {
  const wrong = { ...clip, text: 'Nobody has said anything of the kind.' }
  const { failures } = await throughputSuite(
    contextOf([wrong], {
      options: { models: ['tiny'], modelDir },
      runCase: async <Out>(name: string, input: unknown) =>
        name === 'throughput-text'
          ? less<Out>(name, input)
          : Promise.reject(new Error('not asked')),
    }),
  )
  t.match(
    failures.find(({ name }) => name === 'file → text, tiny'),
    { problem: /^voxpipe: \d+ % of the words are wrong$/ },
  )
})

t.test('without the local engine there is nothing to measure', async t => {
  const { notes, tables } = await throughputSuite(
    contextOf([clip], { options: { engines: ['openai'] } }),
  )
  t.match(notes, [/^Nothing was measured/])
  t.same(tables, [])
})
