import t from 'tap'
import { CueChannels } from '../../../lib/captions/cues/order-cues.ts'

const lanesOf = (ranges: readonly (readonly [number, number])[]) => {
  const lanes = new CueChannels()
  return ranges.map(
    ([start, end]) => lanes.place({ start, end, lines: ['x'] }).channel,
  )
}

t.test('cues one after another have no channel', async t => {
  t.strictSame(
    lanesOf([
      [0, 5],
      [5, 6],
      [9, 10],
    ]),
    [undefined, undefined, undefined],
  )
})

t.test('overlapping cues get separate channels', async t => {
  t.strictSame(
    lanesOf([
      [0, 9],
      [1, 3],
      [2, 4],
      [3, 5],
      [9, 10],
    ]),
    [undefined, 1, 2, 1, undefined],
  )
  t.strictSame(
    lanesOf([
      [5, 6],
      [0, 1],
    ]),
    [undefined, 1],
    'also out of order',
  )
})

t.test('limits the number of channels of overlapping cues', async t => {
  const lanes = lanesOf(
    Array.from({ length: 100 }, (_, i) => [0, 100 + i] as const),
  )
  t.equal(Math.max(...lanes.map(lane => lane ?? 0)), 15)
})
