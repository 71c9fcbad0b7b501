import t from 'tap'
import faultsCase, {
  type FaultsQuestion,
} from '../../../benchmarks/faults/faults-case.ts'
import suite from '../../../benchmarks/faults/faults-suite.ts'
import { runCase } from '../../../benchmarks/run-case.ts'
import type { BenchContext } from '../../../benchmarks/suite.ts'

const fixture = (name: string): string =>
  new URL(`../../fixtures/${name}.ts`, import.meta.url).href

const few = { words: 6, at: [3] }

/** Real runs, of a few words and faults. */
const briefly = (given: Partial<BenchContext>): BenchContext => ({
  options: {},
  clips: async () => [],
  data: undefined,
  runCase: (name, question) =>
    runCase(
      name,
      {
        ...(question as FaultsQuestion),
        ...few,
        only: ['F3'],
      },
      { onLine: line => t.comment(line), signal: new AbortController().signal },
    ),
  progress: () => {},
  competitors: {},
  signal: new AbortController().signal,
  ...given,
})

t.test('closes of all kinds', async t => {
  const { data, failures, figures, tables, verdicts } = await suite(briefly({}))
  t.same(failures, [])
  const { rows } = data
  t.same(
    rows.map(({ fault }) => fault),
    [
      'no fault',
      'no fault, no pause at the end',
      'close 1000',
      'close 1005',
      'close 1012',
      'close 1013',
      'close 1008',
    ],
  )
  for (const { fault, must, lost, told, doubled, reports } of rows) {
    t.equal(doubled, 0, fault)
    t.equal(lost, must === 'tell' ? 6 : 0, fault)
    t.equal(told, lost, fault)
    t.equal(reports > 0, fault.startsWith('close'), fault)
  }
  t.ok(verdicts.every(({ met }) => met))
  t.equal(verdicts.length, 2)
  t.equal(tables.length, 1)
  t.ok(figures.some(({ id }) => id.endsWith('F3 close 1012 → recovery p50')))
})

t.test('other engines, in this process', async t => {
  const { failures, notes, data } = await suite(
    briefly({
      options: { engines: ['careless', 'absent', 'broken'] },
      competitors: {
        faults: {
          careless: fixture('bench-careless'),
          absent: fixture('bench-absent'),
          broken: fixture('there-is-none'),
        },
      },
      runCase: async <Out>(_: string, question: unknown) =>
        (await faultsCase({
          ...(question as FaultsQuestion),
          ...few,
          only: [],
        })) as Out,
    }),
  )
  t.ok(notes.includes('absent is not installed.'))
  t.same(
    failures.map(({ name }) => name),
    ['careless', 'broken'],
  )
  t.match(
    failures[0]!.problem,
    /without any fault, 1 of 6 words are lost|the machine was too busy/,
  )
  t.same(data.rows, [])
})

t.test('who is measured', async t => {
  const asked = async (options: BenchContext['options']): Promise<string[]> => {
    const names: string[] = []
    await suite(
      briefly({
        options,
        competitors: { faults: { other: 'file:///nowhere.js' } },
        runCase: async <Out>(_: string, input: unknown) => {
          names.push((input as FaultsQuestion).engine)
          return { rows: [], lateMs: 0, busy: 0 } as Out
        },
      }),
    )
    return names
  }
  t.same(await asked({}), ['voxpipe', 'other'])
  t.same(await asked({ full: true }), [
    'voxpipe',
    'voxpipe, turns by the server',
    'other',
  ])
  t.same(await asked({ engines: ['openai'] }), ['voxpipe'])
  t.same(await asked({ engines: ['other'] }), ['other'])
})

t.test('the local engine has no service', async t => {
  const { notes, verdicts } = await suite(
    briefly({ options: { engines: ['local'] } }),
  )
  t.match(notes, [/faults are those of a service/])
  t.same(verdicts, [])
})
