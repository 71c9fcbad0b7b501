import t from 'tap'
import {
  findMost,
  playlistOf,
} from '../../../benchmarks/capacity/capacity-case.ts'

/** Searches on a machine that carries so many streams. */
const search = async (limit: number, rounds = Infinity) => {
  const tried: number[] = []
  const found = await findMost(
    async streams => {
      tried.push(streams)
      return streams <= limit
    },
    () => tried.length >= rounds,
  )
  return { ...found, tried }
}

t.test('finds every number of streams, and tries none twice', async t => {
  for (let limit = 0; limit < 40; limit++) {
    const { streams, ended, tried } = await search(limit)
    t.equal(streams, limit)
    t.equal(ended, 'found')
    t.equal(new Set(tried).size, tried.length)
  }
  t.same((await search(11)).tried, [1, 2, 4, 8, 16, 12, 10, 11])
})

t.test('reports what it knows when the time is over', async t => {
  t.match(await search(11, 4), { streams: 8, ended: 'time' })
  t.match(await search(11, 6), { streams: 8, ended: 'time' })
  t.match(await search(0, 0), { streams: 0, ended: 'found', tried: [1] })
})

t.test('does not try for ever', async t => {
  t.match(await search(Infinity), { streams: 256, ended: 'most' })
})

t.test('streams play 20 s, each beginning with another clip', async t => {
  const clips = [3, 8, 12].map(seconds => ({
    samples: new Float32Array(seconds * 16_000),
  }))
  const [a, b, c] = clips
  t.same(playlistOf(clips, 0), [a, b, c])
  t.same(playlistOf(clips, 1), [b, c])
  t.same(playlistOf(clips, 5), [c, a, b])
  t.same(playlistOf([a!], 0).length, 5, 'again and again if there is one')
})
