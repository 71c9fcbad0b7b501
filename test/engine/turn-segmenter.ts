import fc from 'fast-check'
import t from 'tap'
import {
  TurnSegmenter,
  type Turn,
  type TurnOptions,
  type TurnSignal,
} from '../../lib/engine/turn-segmenter.ts'

const FRAME = 512
const SPEECH = { probability: 0.95, power: 0.01 }
const PAUSE = { probability: 0.05, power: 0.0001 }
type Frame = typeof SPEECH

const run = (
  frames: readonly Frame[],
  options: TurnOptions = {},
): { signals: TurnSignal[]; turns: Turn[] } => {
  const segmenter = new TurnSegmenter(options)
  const signals = [
    ...frames.flatMap(({ probability, power }) =>
      segmenter.push(probability, power),
    ),
    ...segmenter.end(),
  ]
  const turns = signals.flatMap(signal =>
    signal.type === 'turn' ? [signal.turn] : [],
  )
  return { signals, turns }
}

const of = (frame: Frame, length: number): Frame[] =>
  Array.from({ length }, () => frame)

t.test('a turn lies where the speech is, with audio around it', async t => {
  const frames = [...of(PAUSE, 50), ...of(SPEECH, 40), ...of(PAUSE, 60)]
  const { signals, turns } = run(frames)
  t.match(signals[0], { type: 'start', index: 0, at: 50 * FRAME })
  t.match(turns, [{ start: 50 * FRAME, end: 90 * FRAME, spoken: true }])
  t.equal(turns[0]!.from, 41 * FRAME, '300 ms before')
  t.equal(turns[0]!.to, 96 * FRAME, '200 ms after')
})

t.test('a short turn waits longer for its next words', async t => {
  const second = (n: number): number => Math.round(n * 31.25)
  const frames = [
    ...of(SPEECH, second(2)),
    ...of(PAUSE, second(1)),
    ...of(SPEECH, second(6)),
    ...of(PAUSE, second(0.7)),
    ...of(SPEECH, second(2)),
  ]
  t.equal(run(frames).turns.length, 2)
  t.equal(run(frames, { shortTurnSilenceMs: 500 }).turns.length, 3)
})

t.test('a click is no turn', async t => {
  const { signals } = run([...of(PAUSE, 9), ...of(SPEECH, 2), ...of(PAUSE, 60)])
  t.same(signals, [])
})

t.test('speech without end is cut at its quietest place', async t => {
  const frames = [
    ...of(SPEECH, 300),
    ...of({ probability: 0.6, power: 0.001 }, 5),
    ...of(SPEECH, 300),
  ]
  const { turns } = run(frames)
  t.equal(turns.length, 2)
  t.equal(turns[0]!.to, 302 * FRAME, 'in the middle of the quiet frames')
})

const arbitraryFrames = fc.array(
  fc.record({
    frame: fc.record({
      probability: fc.double({ min: 0, max: 1, noNaN: true }),
      power: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    length: fc.integer({ min: 1, max: 300 }),
  }),
  { maxLength: 30 },
)

t.test('turns are in order, apart, not long, and cover speech', async t => {
  fc.assert(
    fc.property(arbitraryFrames, runs => {
      const frames = runs.flatMap(({ frame, length }) => of(frame, length))
      const { turns } = run(frames)
      let last = 0
      for (const [i, turn] of turns.entries()) {
        t.equal(turn.index, i)
        t.ok(turn.from >= last, 'after the turn before')
        t.ok(turn.from <= turn.start && turn.start <= turn.end)
        t.ok(turn.end <= turn.to)
        t.ok(turn.to <= frames.length * FRAME)
        t.ok(turn.to - turn.from <= 15_000 * 16, 'at most 15 s')
        last = turn.to
      }
      // Three loud frames in a row are never outside all turns.
      for (let i = 0; i + 3 <= frames.length; i++) {
        const loud = frames.slice(i, i + 3).every(f => f.probability >= 0.5)
        if (!loud) continue
        const at = (i + 1) * FRAME
        const inside = turns.some(({ from, to }) => from <= at && at < to)
        t.ok(inside, `frame ${i + 1} is in a turn`)
      }
    }),
    { numRuns: 60 },
  )
})
