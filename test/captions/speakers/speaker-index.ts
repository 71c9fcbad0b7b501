import * as fc from 'fast-check'
import t from 'tap'
import { SpeakerIndex } from '../../../lib/captions/speakers/assign-speakers.ts'
import type { SpeakerTurn } from '../../../lib/core/speaker-turn.ts'

const turn = (speaker: string, start: number, end: number): SpeakerTurn => ({
  speaker,
  start,
  end,
})

t.test('who speaks most of a range', async t => {
  const index = new SpeakerIndex(
    [turn('B', 600, 900), turn('A', 0, 300), turn('A', 250, 600)],
    100,
  )
  t.equal(index.speakerIn(100, 200, 'B'), 'A')
  t.equal(index.speakerIn(450, 800, 'A'), 'B')
  t.equal(index.speakerIn(400, 799, 'B'), 'A', 'meeting turns are one')
  t.equal(index.speakerIn(500, 700, 'B'), 'B', 'a tie: who spoke before')
  t.equal(index.speakerIn(500, 700, 'A'), 'A')
  t.equal(index.speakerIn(500, 700, undefined), 'B', 'who goes on')
})

t.test('people who speak at the same time', async t => {
  const index = new SpeakerIndex([turn('A', 0, 1_000), turn('B', 400, 600)], 0)
  t.equal(index.speakerIn(450, 550, 'A'), 'A')
  t.equal(index.speakerIn(450, 550, 'B'), 'B')
  t.equal(index.speakerIn(450, 550, 'C'), 'A', 'who goes on talking')
})

t.test('the nearest speaker, if nobody speaks', async t => {
  const turns = [turn('A', 0, 1_000), turn('B', 2_000, 3_000)]
  const index = new SpeakerIndex(turns, 400)
  t.equal(index.speakerIn(1_200, 1_300, 'B'), 'A')
  t.equal(index.speakerIn(1_700, 1_800, 'A'), 'B')
  t.equal(index.speakerIn(1_401, 1_599, 'A'), undefined, 'too far from all')
  t.equal(index.speakerIn(3_400, 3_500, 'A'), 'B')
  t.equal(index.speakerIn(3_401, 3_500, 'A'), undefined)
  t.equal(index.speakerIn(1_000, 1_000, undefined), 'A', 'no length at all')
  const far = new SpeakerIndex(turns, Infinity)
  t.equal(far.speakerIn(1_400, 1_600, 'A'), 'A', 'both are as near')
  t.equal(far.speakerIn(1_400, 1_600, undefined), 'B')
  t.equal(new SpeakerIndex([], 400).speakerIn(0, 1, 'A'), undefined)
})

/** The rule again, counted in single ms. */
const counted = (
  turns: readonly SpeakerTurn[],
  [from, to]: readonly [number, number],
  before: string | undefined,
  reach: number,
): string | undefined => {
  const speakers = [...new Set(turns.map(turn => turn.speaker))]
  const speaks = (speaker: string, ms: number): boolean =>
    turns.some(
      turn => turn.speaker === speaker && turn.start <= ms && ms < turn.end,
    )
  const facts = speakers.map(speaker => {
    let overlap = 0
    for (let ms = from; ms < to; ms++) if (speaks(speaker, ms)) overlap++
    const own = turns.filter(turn => turn.speaker === speaker)
    const distance = Math.min(
      ...own.map(({ start, end }) => Math.max(0, start - to, from - end)),
    )
    return { speaker, overlap, distance }
  })
  const near = facts.filter(({ distance }) => distance <= reach)
  const most = Math.max(...near.map(({ overlap }) => overlap))
  const tied = near.filter(({ overlap }) => overlap === most)
  const least = Math.min(...tied.map(({ distance }) => distance))
  const best = tied.filter(({ distance }) => distance === least)
  if (best.some(({ speaker }) => speaker === before)) return before
  if (best.length < 2) return best[0]?.speaker
  return 'any of several'
}

t.test('as counted in single ms', async t => {
  const time = fc.nat(40)
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('A', 'B', 'C'), time, fc.nat(15)), {
        minLength: 1,
        maxLength: 8,
      }),
      time,
      fc.nat(12),
      fc.constantFrom('A', 'B', undefined),
      fc.nat(10),
      (list, from, length, before, reach) => {
        const turns = list.map(([s, at, long]) => turn(s, at, at + long))
        const range = [from, from + length] as const
        const expected = counted(turns, range, before, reach)
        const index = new SpeakerIndex(turns, reach)
        const found = index.speakerIn(...range, before)
        if (expected !== 'any of several' && found !== expected)
          throw new Error(`${found} for ${expected}`)
      },
    ),
    { numRuns: 3_000 },
  )
  t.pass('for random turns')
})
