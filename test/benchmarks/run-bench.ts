import t from 'tap'
import {
  runBench,
  type BenchRun,
  type Suites,
} from '../../benchmarks/run-bench.ts'
import type { Suite, SuiteName } from '../../benchmarks/suite.ts'
import { figure, suiteResult } from '../fixtures/made-up-results.ts'

const { signal: never } = new AbortController()

type Heard = { lines: string[]; broken: unknown[]; done: string[] }

const run = async (
  suites: readonly SuiteName[],
  from: Partial<Record<SuiteName, Suite>>,
  rest: Partial<BenchRun> = {},
) => {
  const heard: Heard = { lines: [], broken: [], done: [] }
  const modules: Suites = Object.fromEntries(
    Object.entries(from).map(([name, suite]) => [
      name,
      async () => ({ default: suite }),
    ]),
  )
  const results = await runBench(
    {
      suites,
      options: {},
      command: some => `bench ${some.join(' ')}`,
      progress: line => void heard.lines.push(line),
      onLine: () => {},
      onSuite: async ({ suites }) => {
        heard.done.push(suites.map(({ name }) => name).join())
      },
      onBroken: (name, error) =>
        heard.broken.push(`${name}: ${(error as Error).message}`),
      signal: never,
      ...rest,
    },
    modules,
  )
  return { results, heard }
}

t.test('suites are run in order, and kept with their origin', async t => {
  const options = { full: true }
  const { results, heard } = await run(
    ['resampler', 'faults'],
    {
      faults: async ({ clips, progress }) => {
        const [clip] = await clips()
        progress(`hearing ${clip!.id}`)
        return suiteResult('faults', { figures: [figure('f', 1)] })
      },
      resampler: async context => {
        t.equal(context.options, options)
        t.equal(context.data, undefined)
        t.same(context.competitors, {})
        return suiteResult('resampler', { data: { engines: [] } })
      },
    },
    { options },
  )
  t.match(results, {
    schema: 1,
    date: /^\d{4}-\d\d-\d\dT/,
    command: 'bench resampler faults',
    machine: { node: process.version },
    suites: [
      {
        name: 'resampler',
        command: 'bench resampler',
        seconds: Number,
        machine: { node: process.version },
        data: { engines: [] },
      },
      {
        name: 'faults',
        command: 'bench faults',
        speech: { clips: 6, digest: /^[\da-f]{16}$/ },
        figures: [{ id: 'f' }],
      },
    ],
  })
  t.notOk('speech' in results.suites[0]!, 'it asked for none')
  t.same(heard, {
    lines: ['hearing jfk'],
    broken: [],
    done: ['resampler', 'resampler,faults'],
  })
})

t.test('reports a broken suite and runs the others', async t => {
  const { results, heard } = await run(['latency', 'accuracy', 'faults'], {
    latency: async () => {
      throw new Error('no way')
    },
    accuracy: async () =>
      suiteResult('accuracy', { figures: [figure('x', Infinity)] }),
    faults: async () => suiteResult('faults'),
  })
  t.match(results.suites, [{ name: 'faults' }])
  t.match(heard, {
    broken: ['latency: no way', /^accuracy: .* at figures\.0\.value/],
    done: ['faults'],
  })
})

t.test('cases are run one after another, by their name', async t => {
  const { heard } = await run(['faults'], {
    faults: async ({ runCase }) => {
      const asked = ['one', 'two'].map(name => runCase(name, {}))
      const [one, two] = await Promise.allSettled(asked)
      t.match(one, { reason: { message: "there is no case 'one'" } })
      t.match(two, { reason: { message: "there is no case 'two'" } })
      return suiteResult('faults')
    },
  })
  t.same(heard.done, ['faults'])
})

t.test('an abort ends it even if a suite ignores the signal', async t => {
  const stop = new AbortController()
  const left: string[] = []
  const aborted = run(
    ['latency', 'faults'],
    {
      latency: async () => {
        stop.abort()
        return suiteResult('latency')
      },
      faults: async () => {
        left.push('faults')
        return suiteResult('faults')
      },
    },
    { signal: stop.signal },
  )
  await t.rejects(aborted, { name: 'AbortError' })
  t.same(left, [])
})

t.test('what reads the results decides what a failed report means', async t => {
  const full = run(
    ['faults'],
    { faults: async () => suiteResult('faults') },
    {
      onSuite: async () => {
        throw new Error('disk full')
      },
    },
  )
  await t.rejects(full, { message: 'disk full' })
})
