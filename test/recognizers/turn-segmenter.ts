import fc from 'fast-check'
import t from 'tap'
import {
  TurnSegmenter,
  type Turn,
  type TurnOptions,
  type TurnSignal,
} from '../../lib/recognizers/turn-segmenter.ts'

const FRAME = 512
const SPEECH = { probability: 0.95, power: 0.01 }
const PAUSE = { probability: 0.05, power: 0.0001 }
type Frame = typeof SPEECH

const run = (
  frames: readonly Frame[],
  options: TurnOptions = {},
  live = false,
): { signals: TurnSignal[]; turns: Turn[] } => {
  const segmenter = new TurnSegmenter(options, live)
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
  t.match(signals[0], { type: 'start', at: 50 * FRAME })
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
    fc.property(arbitraryFrames, fc.boolean(), (runs, live) => {
      const frames = runs.flatMap(({ frame, length }) => of(frame, length))
      const { turns } = run(frames, {}, live)
      let last = 0
      for (const turn of turns) {
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

/** Frames of so many seconds. */
const seconds = (n: number): number => Math.round(n * 31.25)

t.test('a turn is open once it is certain to be speech', async t => {
  const segmenter = new TurnSegmenter({}, true)
  const push = ({ probability, power }: Frame): void =>
    void segmenter.push(probability, power)
  for (const frame of of(PAUSE, 20)) push(frame)
  t.equal(segmenter.open, undefined, 'in silence')
  for (const frame of of(SPEECH, 2)) push(frame)
  t.equal(segmenter.open, undefined, 'a click, so far')
  push(SPEECH)
  t.match(segmenter.open, {
    from: 11 * FRAME,
    start: 20 * FRAME,
    end: 23 * FRAME,
    to: 23 * FRAME,
    settled: false,
  })
  for (const frame of of(PAUSE, 5)) push(frame)
  t.match(segmenter.open, { to: 28 * FRAME, settled: false })
  push(PAUSE)
  t.match(segmenter.open, { end: 23 * FRAME, to: 29 * FRAME, settled: true })
  push(PAUSE)
  t.match(segmenter.open, { to: 29 * FRAME, settled: true }, 'no more of it')
  push(SPEECH)
  t.match(segmenter.open, { to: 31 * FRAME, settled: false }, 'it goes on')
  for (const frame of of(PAUSE, 60)) push(frame)
  t.equal(segmenter.open, undefined, 'it is over')
})

t.test('the longer a live turn, the shorter the pause it ends in', async t => {
  /** How many silent frames end a turn of so many frames of speech. */
  const patience = (frames: number, live: boolean): number => {
    const segmenter = new TurnSegmenter({}, live)
    for (const { probability, power } of of(SPEECH, frames))
      segmenter.push(probability, power)
    for (let silent = 1; ; silent++)
      if (segmenter.push(0.05, 0.0001).length > 0) return silent
  }
  t.equal(patience(seconds(7.9), true), 41, '1.3 s while it is short')
  t.equal(patience(seconds(8), true), 16, '500 ms from 8 s on')
  t.equal(patience(seconds(13), true), 4, 'least from 13 s on')
  t.equal(patience(seconds(14), true), 4)
  t.equal(patience(seconds(13), false), 16, 'in a file there is no hurry')
  let last = Infinity
  for (let length = seconds(8); length <= seconds(14); length += 4) {
    const now = patience(length, true)
    if (now > last) t.fail(`${now} frames at ${length}`)
    last = now
  }
})

t.test('a shorter pause setting also applies to long turns', async t => {
  const options = { silenceDurationMs: 64, shortTurnSilenceMs: 64 }
  for (const length of [1, 9, 12, 14]) {
    const frames = [...of(SPEECH, seconds(length)), ...of(PAUSE, 2)]
    const segmenter = new TurnSegmenter(options, true)
    const signals = frames.flatMap(frame =>
      segmenter.push(frame.probability, frame.power),
    )
    t.match(signals.at(-1), { type: 'turn' }, `${length} s`)
  }
})

t.test('live speech without end is cut behind what is shown', async t => {
  const quiet = { probability: 0.6, power: 0.001 }
  const frames = [
    ...of(SPEECH, seconds(6)),
    ...of({ ...quiet, power: 0.0001 }, 5),
    ...of(SPEECH, seconds(13.5) - seconds(6) - 5),
    ...of(quiet, 5),
    ...of(SPEECH, seconds(3)),
  ]
  const first = (live: boolean): number => run(frames, {}, live).turns[0]!.to
  t.equal(first(true), (seconds(13.5) + 2) * FRAME)
  t.equal(first(false), (seconds(6) + 2) * FRAME, 'a file at its quietest')
})

/** Speech that is often longer than a turn may be. */
const longSpeech = fc.array(
  fc.record({
    frame: fc.record({
      probability: fc.double({ min: 0.3, max: 1, noNaN: true }),
      power: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    length: fc.integer({ min: 1, max: 500 }),
  }),
  { maxLength: 12 },
)

t.test('parts of a live turn that is cut meet at one sample', async t => {
  fc.assert(
    fc.property(fc.integer({ min: 475, max: 2_500 }), longSpeech, (n, runs) => {
      // Whatever the frames are like, they are speech without a pause.
      const more = runs.flatMap(({ frame, length }) => of(frame, length))
      const loud = more.map(frame => ({ ...frame, probability: 0.9 }))
      const frames = [...of(SPEECH, n), ...loud]
      const { turns } = run(frames, {}, true)
      let at = 0
      for (const turn of turns) {
        if (turn.from !== at || turn.start !== at) t.fail(`from ${turn.from}`)
        at = turn.to
        const isLast = turn === turns.at(-1)
        if (!isLast && turn.to - turn.from < 13_000 * 16) t.fail('too early')
      }
      if (at !== frames.length * FRAME) t.fail(`ends at ${at}`)
    }),
    { numRuns: 60 },
  )
})

/** Speech with pauses, all of it shorter than what would be cut. */
const speechWithPauses = fc
  .array(
    fc.tuple(
      fc.double({ min: 0.3, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 120 }),
      fc.integer({ min: 0, max: 45 }),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map(runs =>
    runs
      .flatMap(([probability, spoken, silent]) => [
        ...of({ ...SPEECH, probability }, spoken),
        ...of(PAUSE, silent),
      ])
      .slice(0, 410),
  )

t.test('an open turn that is settled ends as it is', async t => {
  fc.assert(
    fc.property(speechWithPauses, spoken => {
      const segmenter = new TurnSegmenter({}, true)
      let settled: Turn | undefined
      for (const { probability, power } of [...spoken, ...of(PAUSE, 45)]) {
        for (const signal of segmenter.push(probability, power)) {
          if (signal.type !== 'turn') continue
          const { turn } = signal
          if (settled) t.strictSame(turn, settled)
          // The pause that ends a long turn may be over before it is settled.
          else t.ok(turn.end - turn.start > 11_500 * 16, 'it was settled')
        }
        settled = undefined
        if (!segmenter.open?.settled) continue
        const { settled: _, ownsUntil: __, ...turn } = segmenter.open
        settled = turn
      }
      t.equal(segmenter.open, undefined)
    }),
    { numRuns: 40 },
  )
})

t.test('certain audio of an open turn belongs to it', async t => {
  fc.assert(
    fc.property(speechWithPauses, fc.boolean(), (spoken, live) => {
      const segmenter = new TurnSegmenter({}, live)
      let certain = 0
      for (const { probability, power } of [...spoken, ...of(PAUSE, 45)]) {
        for (const signal of segmenter.push(probability, power)) {
          if (signal.type !== 'turn') continue
          // A cut may lie in what is cut: see LIVE_CUT_MS.
          const isCut = signal.turn.end === signal.turn.to
          if (!isCut && signal.turn.to < certain)
            t.fail(`ends at ${signal.turn.to}, certain up to ${certain}`)
          certain = 0
        }
        certain = Math.max(certain, segmenter.open?.ownsUntil ?? 0)
      }
    }),
    { numRuns: 40 },
  )
  t.pass()
})
