import t from 'tap'
import { clipLatency } from '../../../benchmarks/latency/clip-latency.ts'
import { poolLatency } from '../../../benchmarks/latency/pool-latency.ts'
import type { Arrival } from '../../../benchmarks/latency/turn-records.ts'
import type { FinalEvent, Word } from '../../../lib/core/transcript-event.ts'

const word = (text: string, start: number, end: number): Word => ({
  text,
  start,
  end,
  source: 'attention',
})

/** Five words in two turns, with a pause from 900 to 2000. */
const reference = {
  text: 'Ask not what — you can.',
  words: [
    word('ask', 100, 300),
    word('not', 300, 500),
    word('what', 500, 900),
    word('you', 2_000, 2_200),
    word('can', 2_200, 2_500),
  ],
}

const delta = (at: number, turn: string, text: string): Arrival => ({
  at,
  event: { type: 'delta', turn, text },
})
const final = (at: number, event: Omit<FinalEvent, 'type'>): Arrival => ({
  at,
  event: { type: 'final', ...event },
})

const arrivals = [
  delta(700, '1', 'Ask'),
  delta(1_100, '1', ' lot'),
  final(1_600, {
    turn: '1',
    text: 'Ask not what',
    start: 96,
    end: 928,
    words: [
      word('Ask', 90, 320),
      word('not', 320, 450),
      word('what', 450, 990),
    ],
  }),
  delta(2_350, '2', 'You'),
  final(3_150, {
    turn: '2',
    text: 'You can.',
    start: 1_984,
    end: 2_496,
    words: [word('You', 2_000, 2_200), word('can.', 2_200, 2_800)],
  }),
]

t.test('every figure of two turns, by hand', async t => {
  const clip = clipLatency(reference, arrivals)
  t.strictSame(clip.words, [
    { word: 'ask', end: 300, ms: 400, from: 'delta' },
    // "lot" stands where "not" was said: an error, not a delay.
    { word: 'what', end: 900, ms: 700, from: 'final' },
    { word: 'you', end: 2_200, ms: 150, from: 'delta' },
    { word: 'can', end: 2_500, ms: 650, from: 'final' },
  ])
  t.strictSame(clip.onsets, [
    { turn: '1', start: 100, ms: 600, from: 'delta' },
    { turn: '2', start: 2_000, ms: 350, from: 'delta' },
  ])
  t.strictSame(clip.ends, [
    { turn: '1', end: 900, ms: 700 },
    { turn: '2', end: 2_500, ms: 650 },
  ])
  t.match(clip.deltaErrors, { substitutions: 1, deletions: 2, words: 5 })
  t.match(clip.finalErrors, { errors: 0, words: 5 })
  t.strictSame(
    clip.times.map(({ ms }) => ms),
    [20, -50, 90, 0, 300],
  )
  t.match(clip, { strayTurns: 0, cutTurns: 0, violations: [] })
})

t.test('sums clips up', async t => {
  const clip = clipLatency(reference, arrivals)
  const figures = poolLatency([clip, clip], 500)
  t.match(figures, {
    wordToDelta: { n: 8, p50: 525, max: 700 },
    wordsFromFinals: 4,
    onsetToPartial: { n: 4, p50: 475 },
    onsetsFromFinals: 0,
    endToFinal: { n: 4, p50: 675, max: 700 },
    endToFinalBeyondSilence: { n: 4, p50: 175, max: 200 },
    deltaErrors: { errors: 6, words: 10, rate: 0.6 },
    finalErrors: { errors: 0, words: 10, rate: 0 },
    meanErrorRate: 0,
    timeError: { n: 10, p50: 50, max: 300 },
    timeBias: 20,
    timesWithin200: 0.8,
    violations: [],
  })
  t.match(poolLatency([], 500), {
    wordToDelta: { n: 0, p50: null },
    finalErrors: { rate: 0 },
    timesWithin200: null,
  })
})

t.test('a turn without deltas counts from its final', async t => {
  const { words, onsets } = clipLatency(
    reference,
    arrivals.filter(({ event }) => event.type === 'final'),
  )
  t.equal(words.length, 5)
  t.ok([...words, ...onsets].every(({ from }) => from === 'final'))
  t.strictSame(
    onsets.map(({ ms }) => ms),
    [1_500, 1_150],
  )
})

t.test('text out of nothing is a stray turn', async t => {
  const stray = final(1_700, {
    turn: 'x',
    text: 'Oh',
    start: 1_100,
    end: 1_400,
  })
  const clip = clipLatency(reference, arrivals.toSpliced(3, 0, stray))
  t.equal(clip.strayTurns, 1)
  t.equal(clip.ends.length, 2)
  t.match(clip.finalErrors, { insertions: 1, errors: 1 })
})

t.test('a turn that was cut has no end of speech', async t => {
  const { ends, onsets, cutTurns } = clipLatency(reference, [
    final(1_600, { turn: '1', text: 'Ask not', start: 96, end: 480 }),
    final(3_200, { turn: '2', text: 'what you can', start: 480, end: 2_496 }),
  ])
  t.equal(cutTurns, 1)
  t.strictSame(ends, [{ turn: '2', end: 2_500, ms: 700 }])
  t.strictSame(
    onsets.map(({ start }) => start),
    [100, 500],
    'each word lies in the turn that has most of it',
  )
})

t.test('an empty transcript counts as deletions without delays', async t => {
  const clip = clipLatency(reference, [])
  t.match(clip.finalErrors, { deletions: 5, errors: 5, words: 5 })
  t.match(clip, { words: [], onsets: [], ends: [], times: [] })
})

t.test('the mean of rates is not the pooled rate', async t => {
  const good = clipLatency(reference, arrivals)
  const bad = clipLatency({ text: 'no', words: [] }, [])
  const { finalErrors, meanErrorRate } = poolLatency([good, bad], 500)
  t.equal(finalErrors.rate, 1 / 6)
  t.equal(meanErrorRate, 1 / 2)
})

t.test('finals are scored as Whisper scores, in their language', async t => {
  const text = (said: string): Arrival[] => [
    final(900, { turn: '1', text: said, start: 0, end: 800 }),
  ]
  const words = [word('twenty', 0, 400), word('one', 400, 800)]
  const english = clipLatency({ text: 'Twenty-one.', words }, text('21'))
  t.match(english.finalErrors, { errors: 0, words: 1 })
  const other = { text: 'Twenty-one.', words, language: 'de' }
  t.match(clipLatency(other, text('21')).finalErrors, { errors: 2, words: 2 })
})

t.test('measures by voice activity where nobody knows the words', async t => {
  const clip = clipLatency(
    {
      speech: [
        { start: 90, end: 930 },
        { start: 1_990, end: 2_530 },
      ],
    },
    arrivals,
  )
  t.same(clip.onsets, [
    { turn: '1', start: 90, ms: 610, from: 'delta' },
    { turn: '2', start: 1_990, ms: 360, from: 'delta' },
  ])
  t.same(clip.ends, [
    { turn: '1', end: 930, ms: 670 },
    { turn: '2', end: 2_530, ms: 620 },
  ])
  t.same(clip.words, [], 'a word has no delay')
  t.match(clip.finalErrors, { errors: 0, words: 0 }, 'and cannot be wrong')
  t.match(clip.deltaErrors, { words: 5 }, 'but may be corrected')
})

t.test('the times that an engine reports move nothing', async t => {
  const speech = [
    { start: 90, end: 930 },
    { start: 1_990, end: 2_530 },
  ]
  const moved = arrivals.map(({ at, event }) =>
    event.type === 'final'
      ? {
          at,
          event: { ...event, start: event.start + 150, end: event.end - 150 },
        }
      : { at, event },
  )
  const { onsets, ends } = clipLatency({ speech }, arrivals)
  const other = clipLatency({ speech }, moved)
  t.same(other.onsets, onsets)
  t.same(other.ends, ends)
})

t.test(
  'speech across two turns begins in one and ends in the other',
  async t => {
    const speech = [{ start: 90, end: 2_530 }]
    const clip = clipLatency({ speech }, arrivals)
    t.same(clip.onsets, [{ turn: '1', start: 90, ms: 610, from: 'delta' }])
    t.same(clip.ends, [{ turn: '2', end: 2_530, ms: 620 }])
    t.equal(clip.cutTurns, 1)
    t.equal(clip.strayTurns, 0)
  },
)
