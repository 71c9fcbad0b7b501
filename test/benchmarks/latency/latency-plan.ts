import t from 'tap'
import { planLatency } from '../../../benchmarks/latency/latency-plan.ts'
import type { BenchOptions } from '../../../benchmarks/suite.ts'

const planned = (
  options: BenchOptions,
  openai?: string,
  competitors: Record<string, string> = { sherpa: 'file:///sherpa.js' },
  seconds = 36,
): string[] =>
  planLatency(options, competitors, openai, seconds).map(
    ({ choice, label, streams, runs }) =>
      `${label}${choice.model ? ` ${choice.model}` : ''} × ${streams}, ${runs}`,
  )

t.test('the default setting, and who is beside it', async t => {
  t.same(planned({}, undefined, {}), ['balanced × 1, 2', 'balanced × 8, 1'])
  t.same(planned({}, 'openai'), [
    'balanced × 1, 2',
    'balanced × 8, 1',
    'sherpa × 1, 1',
    'openai gpt-live-transcribe × 1, 1',
    'openai gpt-transcribe × 1, 1',
  ])
})

t.test('measures three minutes of speech once', async t => {
  t.same(planned({}, undefined, {}, 179), [
    'balanced × 1, 2',
    'balanced × 8, 1',
  ])
  t.same(planned({}, undefined, {}, 180), ['balanced × 1, 1'])
  t.same(planned({ streams: [2] }, undefined, {}, 600), ['balanced × 2, 1'])
})

t.test('in full', async t => {
  t.same(planned({ full: true }), [
    'low × 1, 3',
    'balanced × 1, 3',
    'accurate × 1, 3',
    'balanced × 2, 3',
    'balanced × 4, 3',
    'balanced × 8, 3',
    'sherpa × 1, 3',
  ])
})

t.test('plans the requested settings', async t => {
  t.same(planned({ latencies: ['low', 'accurate'], engines: ['local'] }), [
    'low × 1, 2',
    'accurate × 1, 2',
  ])
  t.same(planned({ streams: [1, 3], models: ['tiny', 'base'] }), [
    'balanced tiny × 1, 2',
    'balanced tiny × 3, 1',
    'balanced base × 1, 2',
    'balanced base × 3, 1',
    'sherpa tiny × 1, 1',
    'sherpa tiny × 3, 1',
    'sherpa base × 1, 1',
    'sherpa base × 3, 1',
  ])
  t.same(planned({ engines: ['sherpa'] }), ['sherpa × 1, 1'])
  t.same(planned({ engines: ['nobody'] }), [])
})

t.test('a pipeline of the user is measured instead', async t => {
  const pipeline = '/home/me/own.mjs'
  t.same(planned({ pipeline }, 'openai'), ['own.mjs × 1, 2'])
  t.same(planned({ pipeline, streams: [4] }), ['own.mjs × 4, 1'])
  const [row] = planLatency({ pipeline }, {}, undefined, 36)
  t.same(row!.choice, { engine: 'pipeline', module: pipeline })
})

t.test('models may be in a folder of their own', async t => {
  for (const { choice } of planLatency(
    { modelDir: '/models' },
    { sherpa: 'file:///sherpa.js' },
    undefined,
    36,
  ))
    t.equal(choice.modelDir, '/models')
})
