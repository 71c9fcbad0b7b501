import t from 'tap'
import { LiveTime, patienceMs } from '../../../lib/captions/hls/hls-captions.ts'

const start = (turn: string, at: number) =>
  ({ type: 'speech-start', turn, at }) as const
const final = (turn: string, from: number, end: number) =>
  ({ type: 'final', turn, text: 'Yes.', start: from, end }) as const
const first = { type: 'start', schema: 1, engine: 'e', model: 'm' } as const

t.test('time goes on from what was heard last', async t => {
  const time = new LiveTime(2000, true)
  time.hear(first, 1000)
  t.equal(time.quietUntil(1000), -2000)
  t.equal(time.quietUntil(9000), 6000)
  t.equal(time.waitFor(6000, 5000), 4000)
  time.hear({ type: 'delta', turn: '1', text: 'So', at: 1500 }, 9000)
  t.equal(time.quietUntil(9000), -500, 'the source was late')
  time.hear({ type: 'delta', turn: '1', text: 'So' }, 9100)
  t.equal(time.quietUntil(9100), -400, 'a delta need not know')
  time.hear({ type: 'speech-end', turn: '1', at: 30_000 }, 9200)
  t.equal(time.quietUntil(9200), 28_000, 'or runs ahead')
})

t.test('finals are waited for while their turn is open', async t => {
  const time = new LiveTime(1000, false)
  time.hear(first, 0)
  time.hear(start('1', 4500), 5000)
  time.hear(start('2', 7000), 7500)
  t.equal(time.quietUntil(12_500), 4500)
  t.equal(time.waitFor(6000, 12_500), 4500 + patienceMs - 12_000)
  t.equal(time.waitFor(4000, 4000), 1500, 'not for what begins later')
  time.hear(final('1', 4500, 6900), 12_500)
  t.equal(time.quietUntil(12_500), 7000)
  time.hear(final('2', 7000, 9900), 12_500)
  t.equal(time.quietUntil(12_500), 11_000)
})

t.test('a turn that gets no final is not waited for for ever', async t => {
  const time = new LiveTime(1000, false)
  time.hear(first, 0)
  time.hear(start('1', 5000), 5000)
  const wait = time.waitFor(6000, 5000)
  t.equal(wait, patienceMs)
  t.equal(time.quietUntil(5000 + wait), 5000 + wait - 1000)
})

t.test(
  'what rolls up waits for the first words, cues have no turns',
  async t => {
    const time = new LiveTime(1000, true)
    time.hear({ start: 0, end: 99, lines: ['Yes.'] }, 50)
    time.hear(start('1', 4500), 4550)
    t.equal(time.quietUntil(9550), 4500)
    time.hear({ type: 'delta', turn: '1', text: 'Yes' }, 9550)
    t.equal(time.quietUntil(9550), 8500)
  },
)
