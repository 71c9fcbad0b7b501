import t from 'tap'
import {
  placeOf,
  numberedSpeech,
} from '../../../benchmarks/faults/numbered-speech.ts'
import { countRun, runFault } from '../../../benchmarks/faults/run-fault.ts'
import { scenarios } from '../../../benchmarks/faults/scenarios.ts'
import { ourEngine } from '../../../benchmarks/faults/voxpipe-engine.ts'

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

t.test('words in a gap are told', async t => {
  const gaps = [{ start: 1_650, end: 1_800 }]
  const texts = ['w0 w1 w2 w3 w4 w5 w6 w7 w8 w9']
  const { lost, told } = countRun(texts, 14, { gaps, failed: false })
  t.equal(lost, 4)
  t.equal(told, 2)
})

t.test('an error tells of what is after the last word alone', async t => {
  const { lost, told } = countRun(['w0 w2'], 5, { gaps: [], failed: true })
  t.equal(lost, 3)
  t.equal(told, 2)
})

t.test('an error tells of everything where nothing came', async t => {
  t.equal(countRun([], 5, { gaps: [], failed: true }).told, 5)
})

// Every fault: test/long/bench/faults.ts.
const words = 13
const speech = numberedSpeech(words)

t.test('a fault that can happen to nothing fails', async t => {
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
