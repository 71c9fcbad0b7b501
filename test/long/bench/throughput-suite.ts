import t from 'tap'
import { cases } from '../../../benchmarks/cases.ts'
import type { BenchContext } from '../../../benchmarks/suite.ts'
import type { ThroughputData } from '../../../benchmarks/throughput/throughput-tables.ts'
import throughputSuite from '../../../benchmarks/throughput/throughput-suite.ts'
import { contextOf, never, shortClip } from '../../fixtures/bench-context.ts'
import { benchRecognizer } from '../../fixtures/bench-recognizer.ts'

const clip = await shortClip()

/** The real cases, in this process, with less to do and without a model. */
const less: BenchContext['runCase'] = async <Out>(
  name: string,
  input: unknown,
) => {
  const { default: run } = await cases[name]!()
  const less = { seconds: 1, runs: 1, rounds: 2, recognizer: benchRecognizer }
  const small = { ...(input as object), ...less }
  return (await run(small as never, { signal: never })) as Out
}

t.test('stages, texts, and the event loop', async t => {
  const result = await throughputSuite(
    contextOf([clip], { options: { models: ['tiny'] }, runCase: less }),
  )
  t.same(result.failures, [])
  const { stages, texts, loopDelays } = result.data as ThroughputData
  t.ok(stages.length >= 6)
  t.match(texts, [{ model: 'tiny', runs: 2, beside: [] }])
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
  for (const { head, rows } of result.tables)
    t.ok(rows.every(cells => cells.length === head.length))
})

t.test('has no figures for wrong text', async t => {
  const wrong = { ...clip, text: 'Nobody has said anything of the kind.' }
  const { failures } = await throughputSuite(
    contextOf([wrong], {
      options: { models: ['tiny'] },
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
