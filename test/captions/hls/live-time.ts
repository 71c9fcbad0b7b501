import t from 'tap'
import {
  LiveCaptionClock,
  maxTurnWaitMs,
} from '../../../lib/captions/hls/hls-segments.ts'

const start = (turn: string, at: number) =>
  ({ type: 'speech-start', turn, at }) as const
const final = (turn: string, from: number, end: number) =>
  ({ type: 'final', turn, text: 'Yes.', start: from, end }) as const
const first = { type: 'start', schema: 1, engine: 'e', model: 'm' } as const

t.test('live time continues from the last event', async t => {
  const time = new LiveCaptionClock(2000, true)
  time.add(first, 1000)
  t.equal(time.completeUntil(1000), -2000)
  t.equal(time.completeUntil(9000), 6000)
  t.equal(time.msUntilComplete(6000, 5000), 4000)
  time.add({ type: 'delta', turn: '1', text: 'So', at: 1500 }, 9000)
  t.equal(time.completeUntil(9000), -500, 'the source was late')
  time.add({ type: 'delta', turn: '1', text: 'So' }, 9100)
  t.equal(time.completeUntil(9100), -400, 'a delta need not know')
  time.add({ type: 'speech-end', turn: '1', at: 30_000 }, 9200)
  t.equal(time.completeUntil(9200), 28_000, 'or runs ahead')
})

t.test('waits for the final of an open turn', async t => {
  const time = new LiveCaptionClock(1000, false)
  time.add(first, 0)
  time.add(start('1', 4500), 5000)
  time.add(start('2', 7000), 7500)
  t.equal(time.completeUntil(12_500), 4500)
  t.equal(time.msUntilComplete(6000, 12_500), 4500 + maxTurnWaitMs - 12_000)
  t.equal(time.msUntilComplete(4000, 4000), 1500, 'not for what begins later')
  time.add(final('1', 4500, 6900), 12_500)
  t.equal(time.completeUntil(12_500), 7000)
  time.add(final('2', 7000, 9900), 12_500)
  t.equal(time.completeUntil(12_500), 11_000)
})

t.test('stops waiting for a turn without a final', async t => {
  const time = new LiveCaptionClock(1000, false)
  time.add(first, 0)
  time.add(start('1', 5000), 5000)
  const wait = time.msUntilComplete(6000, 5000)
  t.equal(wait, maxTurnWaitMs)
  t.equal(time.completeUntil(5000 + wait), 5000 + wait - 1000)
})

t.test(
  'what rolls up waits for the first words, cues have no turns',
  async t => {
    const time = new LiveCaptionClock(1000, true)
    time.add({ start: 0, end: 99, lines: ['Yes.'] }, 50)
    time.add(start('1', 4500), 4550)
    t.equal(time.completeUntil(9550), 4500)
    time.add({ type: 'delta', turn: '1', text: 'Yes' }, 9550)
    t.equal(time.completeUntil(9550), 8500)
  },
)
