import t from 'tap'
import {
  type FaultRow,
  isRight,
  rowOf,
} from '../../../benchmarks/faults/fault-row.ts'
import {
  figuresOf,
  verdictsOn,
  faultTables,
} from '../../../benchmarks/faults/fault-tables.ts'
import { ourEngine } from '../../../benchmarks/faults/faults-case.ts'
import {
  atRealTime,
  numberedSpeech,
  silence,
  placeOf,
  type FaultRun,
  countRun,
  runFault,
} from '../../../benchmarks/faults/run-fault.ts'
import { scenarios } from '../../../benchmarks/faults/scenarios.ts'
import { recognizeNumbers } from '../../../lib/testing/index.ts'

t.test('words come in chunks of 50 ms', async t => {
  const chunks = numberedSpeech(12)
  t.equal(chunks.length, (12 + 6) * 2)
  t.ok(chunks.every(({ byteLength }) => byteLength === 2_400))
  const bytes = Buffer.concat([...chunks, ...silence(120)])
  t.equal(bytes.length, (36 + 3) * 2_400)
  const heard = new Int16Array(bytes.length / 2)
  for (let i = 0; i < heard.length; i++) heard[i] = bytes.readInt16LE(2 * i)
  t.equal(
    recognizeNumbers(heard),
    Array.from({ length: 12 }, (_, i) => `w${i}`).join(' '),
  )
})

t.test('no chunk comes before it was said', async t => {
  const places: number[] = []
  const begun = performance.now()
  const chunks = numberedSpeech(2)
  const came: Uint8Array[] = []
  for await (const chunk of atRealTime(chunks, (ms, late) => {
    places.push(ms)
    t.ok(late >= 0)
  }))
    came.push(chunk)
  t.ok(performance.now() - begun >= 200)
  t.same(places, [0, 50, 100, 150])
  t.same(came, chunks)
})

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

t.test('the promise is kept where what is lost is told', async t => {
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

t.test('nothing is said of what was not measured', async t => {
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

t.test('what a run tells while the machine is busy', async t => {
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
  t.equal(rowOf('other', reset, [busy], { words: 50, ours: false }), undefined)
})

const nothing = { gaps: [], failed: false }

t.test('a word lies where its frames are', async t => {
  t.same(placeOf(0), { start: 0, end: 100 })
  t.same(placeOf(9), { start: 900, end: 1_000 })
  t.same(placeOf(10), { start: 1_600, end: 1_700 })
})

t.test('every word once and in order', async t => {
  t.same(countRun(['w0 w1', 'w2'], 3, nothing), {
    lost: 0,
    doubled: 0,
    reordered: 0,
    broken: 0,
    told: 0,
  })
})

t.test('what is lost, doubled, out of order or in parts', async t => {
  t.same(countRun(['w3 w1', 'w1 ~2'], 4, nothing), {
    lost: 2,
    doubled: 1,
    reordered: 1,
    broken: 1,
    told: 0,
  })
})

t.test('counts words in a gap as reported', async t => {
  const gaps = [{ start: 1_650, end: 1_800 }]
  const texts = ['w0 w1 w2 w3 w4 w5 w6 w7 w8 w9']
  const { lost, told } = countRun(texts, 14, { gaps, failed: false })
  t.equal(lost, 4)
  t.equal(told, 2)
})

t.test('an error reports only the words after the last final', async t => {
  const { lost, told } = countRun(['w0 w2'], 5, { gaps: [], failed: true })
  t.equal(lost, 3)
  t.equal(told, 2)
})

t.test('an error without any final reports all words', async t => {
  t.equal(countRun([], 5, { gaps: [], failed: true }).told, 5)
})

// Every fault: test/long/bench/faults.ts.
const words = 13
const speech = numberedSpeech(words)

t.test('a fault that cannot happen fails', async t => {
  const deaf = {
    ...ourEngine('here'),
    transcribe: async ({ frames }: { frames: AsyncIterable<Uint8Array> }) => {
      for await (const _ of frames);
      return { gaps: [], failed: false }
    },
  }
  const reset = scenarios.find(({ id }) => id === 'F1')!
  await t.rejects(
    runFault(deaf, reset, { speech, words, word: 11 }),
    /there was no session for 'connection reset' at word 11/,
  )
})
