import fc from 'fast-check'
import t from 'tap'
import { dealPlaylists } from '../../../benchmarks/latency/live-case.ts'

t.test('known answers', async t => {
  t.strictSame(dealPlaylists(['a', 'b', 'c'], 1), [['a', 'b', 'c']])
  t.strictSame(dealPlaylists(['a', 'b', 'c'], 2), [
    ['a', 'c'],
    ['b', 'a'],
  ])
  t.strictSame(dealPlaylists(['a', 'b'], 3), [['a'], ['b'], ['a']])
})

t.test(
  'every clip is played, and streams begin with different ones',
  async t => {
    const upTo = fc.integer({ min: 1, max: 12 })
    fc.assert(
      fc.property(upTo, upTo, (count, streams) => {
        const clips = Array.from({ length: count }, (_, i) => i)
        const lists = dealPlaylists(clips, streams)
        t.equal(lists.length, streams)
        t.equal(new Set(lists.flat()).size, count)
        t.equal(new Set(lists.map(list => list.length)).size, 1)
        const first = new Set(lists.map(list => list[0]))
        t.equal(first.size, Math.min(count, streams))
      }),
      { numRuns: 40 },
    )
  },
)
