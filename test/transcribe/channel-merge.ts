import * as fc from 'fast-check'
import t from 'tap'
import {
  ChannelMerge,
  type FinalOrGap,
} from '../../lib/transcribe/channel-transcriber.ts'

const final = (turn: string, start: number, end = start + 100): FinalOrGap => ({
  type: 'final',
  turn,
  text: turn,
  start,
  end,
})

const gap = (start: number, reason = 'lost'): FinalOrGap => ({
  type: 'gap',
  start,
  end: start + 50,
  reason,
})

const names = (events: readonly FinalOrGap[]): string[] =>
  events.map(event => (event.type === 'final' ? event.turn : event.reason))

t.test('waits until no channel can have anything before it', async t => {
  const merge = new ChannelMerge(2)
  merge.add(0, final('a', 500))
  t.same(merge.take(), [])
  merge.settle(1, 500)
  t.same(merge.take(), [], 'it may still begin at the same time')
  merge.add(1, final('b', 500))
  merge.add(1, final('c', 900))
  t.same(names(merge.take()), ['a', 'b'], 'the lower channel first')
  merge.settle(0, 901)
  t.match(merge.take(), [{ turn: 'c', channel: 1 }])
  merge.add(1, final('d', 2_000))
  t.same(merge.take(), [])
  merge.settle(0, Infinity)
  t.same(names(merge.take()), ['d'])
})

t.test('a gap that all channels have is one', async t => {
  const merge = new ChannelMerge(2)
  merge.add(0, gap(100))
  merge.settle(1, 100)
  t.same(merge.take(), [])
  merge.add(1, gap(100))
  t.same(merge.take(), [gap(100)])
  merge.add(0, gap(200))
  merge.add(1, gap(200, 'another'))
  t.match(merge.take(), [
    { reason: 'lost', channel: 0 },
    { reason: 'another', channel: 1 },
  ])
})

t.test('in order, whatever comes when', async t => {
  const lane = fc
    .array(fc.tuple(fc.nat(300), fc.integer({ min: 1, max: 300 })), {
      maxLength: 10,
    })
    .map(list => {
      let at = 0
      return list.map(([pause, length]) => {
        const start = at + pause
        at = start + length
        return [start, at] as const
      })
    })
  fc.assert(
    fc.property(
      fc.array(lane, { minLength: 1, maxLength: 4 }),
      fc.array(fc.tuple(fc.nat(3), fc.boolean()), { maxLength: 60 }),
      (lanes, steps) => {
        const queues = lanes.map((list, c) =>
          list.map(([start, end], i) => final(`${c}-${i}`, start, end)),
        )
        const all = queues.flat()
        const merge = new ChannelMerge(lanes.length)
        const out: FinalOrGap[] = []
        for (const [at, settles] of steps) {
          const c = at % lanes.length
          const next = queues[c]![0]
          if (settles || !next) merge.settle(c, next?.start ?? Infinity)
          else merge.add(c, queues[c]!.shift()!)
          out.push(...merge.take())
        }
        for (const [c, queue] of queues.entries()) {
          for (const event of queue) merge.add(c, event)
          merge.settle(c, Infinity)
        }
        out.push(...merge.take())
        const inOrder = all.toSorted((a, b) => a.start - b.start)
        // sorting is stable, so the lower channel is first
        if (names(out).join() !== names(inOrder).join())
          throw new Error(`${names(out).join()} for ${names(inOrder).join()}`)
      },
    ),
    { numRuns: 500 },
  )
  t.pass('for random channels')
})
