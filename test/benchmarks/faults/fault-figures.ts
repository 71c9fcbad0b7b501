import t from 'tap'
import {
  type FaultRow,
  isRight,
  rowOf,
} from '../../../benchmarks/faults/fault-row.ts'
import {
  figuresOf,
  verdictsOn,
} from '../../../benchmarks/faults/fault-figures.ts'
import type { FaultRun } from '../../../benchmarks/faults/run-fault.ts'
import { scenarios } from '../../../benchmarks/faults/scenarios.ts'
import { faultTables } from '../../../benchmarks/faults/fault-tables.ts'

const row = (given: Partial<FaultRow>): FaultRow => ({
  engine: 'voxpipe',
  id: 'F1',
  fault: 'connection reset',
  must: 'recover',
  words: 200,
  lost: 0,
  doubled: 0,
  reordered: 0,
  broken: 0,
  told: 0,
  recoveryMs: 600,
  recoveries: [500, 700],
  runs: 2,
  reports: 2,
  ...given,
})

const plain = row({ id: 'none', fault: 'no fault', recoveries: [400, 600] })
const refused = row({
  id: 'F3',
  fault: 'close 1008',
  must: 'tell',
  lost: 90,
  told: 90,
  recoveryMs: null,
  recoveries: [null, null],
})

t.test('reported losses keep the promise', async t => {
  const verdicts = verdictsOn([plain, row({}), refused])
  t.same(
    verdicts.map(({ met }) => met),
    [true, true],
  )
  t.equal(verdicts[0]!.measured, '0 of 400')
})

t.test('a word lost, doubled, moved or cut breaks it', async t => {
  for (const key of ['lost', 'doubled', 'reordered', 'broken'] as const)
    t.equal(verdictsOn([row({ [key]: 1 })])[0]!.met, false, key)
  t.equal(verdictsOn([{ ...refused, told: 89 }])[0]!.met, false)
})

t.test('has no figures for what was not measured', async t => {
  t.same(verdictsOn([]), [])
  t.same(figuresOf([], 5), [])
  t.same(faultTables([], { words: 100, at: [5], lateMs: 0 }), [])
})

t.test('the place of a fault is no noise of its recovery', async t => {
  const figures = figuresOf([plain, row({}), refused], 20)
  t.same(
    figures.map(({ id }) => id),
    [
      'faults/voxpipe/words lost',
      'faults/voxpipe/words doubled',
      'faults/voxpipe/F1 connection reset → recovery p50',
    ],
  )
  t.same(figures[2], {
    id: 'faults/voxpipe/F1 connection reset → recovery p50',
    value: 600,
    unit: 'ms',
    better: 'lower',
    noise: 20, // each took 100 ms more than without a fault
    n: 2,
  })
})

t.test('engines stand beside each other where there are more', async t => {
  const setting = { words: 100, at: [5, 7], lateMs: 3 }
  t.equal(faultTables([plain, refused], setting).length, 1)
  const other = row({ engine: 'other', lost: 12, recoveryMs: null })
  const [beside, ours, theirs] = faultTables([plain, refused, other], setting)
  t.same(beside!.head, ['fault', 'of', 'voxpipe', 'other'])
  t.same(beside!.rows, [
    ['no fault', '200', '0', '–'],
    ['F3 close 1008', '200', '90, 90 told', '–'],
    ['F1 connection reset', '200', '–', '12'],
  ])
  t.equal(ours!.title, 'Faults: voxpipe')
  t.same(theirs!.rows, [
    ['F1 connection reset', '12 of 200', '0', '0', '0', '0', '–', '2'],
  ])
})

t.test(
  'keeps only the reliable figures of a run on a busy machine',
  async t => {
    const run = (given: Partial<FaultRun>): FaultRun => ({
      lost: 0,
      told: 0,
      doubled: 0,
      reordered: 0,
      broken: 0,
      recoveryMs: 500,
      reports: 1,
      late: [2, 0],
      ...given,
    })
    const busy = run({ lost: 10, recoveryMs: 700, late: [1, 900] })
    const reset = scenarios.find(({ id }) => id === 'F1')!
    const refused = scenarios.find(({ must }) => must === 'tell')!
    t.notOk(isRight(busy, reset))
    t.ok(isRight(run({ lost: 3, told: 3 }), refused))

    const both = [run({}), busy]
    const ours = rowOf('voxpipe', reset, both, { words: 50, ours: true })!
    t.match(ours, { words: 100, lost: 10, recoveries: [500, null], runs: 2 })
    const theirs = rowOf('other', reset, both, { words: 50, ours: false })!
    t.match(theirs, { words: 50, lost: 0, recoveries: [500, null], runs: 1 })
    t.equal(
      rowOf('other', reset, [busy], { words: 50, ours: false }),
      undefined,
    )
  },
)
