import t from 'tap'
import { orderCues } from '../../../lib/captions/cues/order-cues.ts'

const cue = (start: number, end: number, channel?: number) => ({
  start,
  end,
  lines: ['x'],
  ...(channel !== undefined && { channel }),
})

t.test('cues come in order, and those at once in channels', async t => {
  t.strictSame(orderCues([cue(5, 9), cue(0, 6), cue(6, 7, 3), cue(9, 10, 2)]), [
    cue(0, 6),
    cue(5, 9, 1),
    cue(6, 7),
    cue(9, 10),
  ])
})

t.test('a slip is put right', async t => {
  const cues = [cue(0, 6), cue(5, 9), cue(5, 9), cue(6, 8)]
  t.strictSame(orderCues(cues, { maxOverlapMs: 2 }), [
    cue(0, 5),
    cue(5, 9),
    cue(5, 9, 1),
    cue(6, 8, 2),
  ])
  t.strictSame(cues[0], cue(0, 6), 'in a copy')
  t.strictSame(
    orderCues([cue(0, 7), cue(5, 9)], { maxOverlapMs: 2 }),
    [cue(0, 5), cue(5, 9)],
    'an overlap of exactly the limit is a slip',
  )
  t.throws(() => orderCues([], { maxOverlapMs: -1 }), { code: 'VOX_OPTION' })
})
