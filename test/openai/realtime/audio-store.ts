import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { AudioStore } from '../../../lib/openai/realtime/audio-store.ts'

const SECOND = 24_000

/** Samples that say where in the source they are, as s16. */
const valueAt = (place: number): number => (place % 60_000) - 30_000

const audio = (from: number, to: number): Float32Array =>
  Float32Array.from({ length: to - from }, (_, i) => valueAt(from + i) / 32_768)

/** Whether bytes are those of samples [from, to). */
const holds = (bytes: Buffer, from: number, to: number): boolean => {
  if (bytes.length !== (to - from) * 2) return false
  for (let at = from; at < to; at++)
    if (bytes.readInt16LE((at - from) * 2) !== valueAt(at)) return false
  return true
}

/** A store that keeps 2 s in memory, and a folder for the rest. */
const open = (t: Test): { store: AudioStore; files: () => string[] } => {
  const folder = t.testdir({})
  const before = process.env['TMPDIR']
  process.env['TMPDIR'] = folder
  const store = new AudioStore(0)
  t.teardown(async () => {
    await store.close()
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  })
  return { store, files: () => readdirSync(folder) }
}

t.test('returns the same audio in any pieces', async t => {
  const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 4 * SECOND }), {
    maxLength: 8,
  })
  const range = fc.tuple(fc.nat(4 * SECOND), fc.nat(4 * SECOND))
  await fc.assert(
    fc.asyncProperty(cuts, range, fc.boolean(), async (cuts, ends, spill) => {
      const { store } = open(t)
      const places = [0, ...cuts.sort((a, b) => a - b), 4 * SECOND]
      for (const [i, to] of places.slice(1).entries()) {
        store.append(audio(places[i]!, to), places[i]!)
        if (spill) await store.spill()
      }
      const [from, to] = ends.sort((a, b) => a - b)
      const right = holds(await store.read(from, to), from, to)
      await store.close()
      return right && store.end === 4 * SECOND
    }),
    { numRuns: 30 },
  )
})

t.test('samples beyond full scale are clipped, not wrapped', async t => {
  const { store } = open(t)
  const loud = [1, 1.5, -1, -1.5, 32_767.4 / 32_768]
  store.append(Float32Array.from(loud), 0)
  const bytes = await store.read(0, 5)
  t.same(
    loud.map((_, i) => bytes.readInt16LE(2 * i)),
    [32_767, 32_767, -32_768, -32_768, 32_767],
  )
})

t.test('past a limit, the oldest goes to a file', async t => {
  const { store, files } = open(t)
  store.append(audio(0, 5 * SECOND), 0)
  t.equal(store.spilled, 0, 'not before it is told to')
  t.same(files(), [])
  await store.spill()
  t.equal(store.spilled, 3 * SECOND)
  t.equal(files().length, 1)
  t.ok(holds(await store.read(0, 5 * SECOND), 0, 5 * SECOND))
  const [from, to] = [2.5 * SECOND, 4.5 * SECOND]
  t.ok(holds(await store.read(from, to), from, to), 'from both')
  store.append(audio(5 * SECOND, 6 * SECOND), 5 * SECOND)
  await store.spill()
  t.equal(store.spilled, 4 * SECOND)
  await store.close()
  t.same(files(), [], 'and it is gone at the end')
})

t.test(
  'short blocks come back from disk with no more than they had',
  async t => {
    const { store } = open(t)
    const step = 7 * SECOND
    for (const at of [0, step, 2 * step]) store.append(audio(at, at + 100), at)
    await store.spill()
    t.equal(store.spilled, 100)
    t.ok(holds(await store.read(0, 100), 0, 100))
    t.ok(holds(await store.read(step, step + 100), step, step + 100))
  },
)

t.test('a jump stores nothing in between', async t => {
  const { store } = open(t)
  store.append(audio(0, 100), 0)
  store.append(audio(90_000, 90_100), 90_000)
  t.equal(store.end, 90_100)
  t.ok(holds(await store.read(90_000, 90_100), 90_000, 90_100))
  const both = await store.read(0, 90_100)
  t.equal(both.length, 400)
  t.equal((await store.read(100, 90_000)).length, 0)
})

t.test('forgets only released audio', async t => {
  const { store } = open(t)
  t.equal(store.start, 0)
  store.append(audio(0, 5 * SECOND), 0)
  await store.spill()
  store.dropBefore(SECOND - 1)
  t.equal(store.start, 0, 'by whole blocks')
  store.dropBefore(2.5 * SECOND)
  t.equal(store.start, 2 * SECOND)
  t.equal(store.spilled, SECOND)
  const [from, to] = [2.5 * SECOND, 5 * SECOND]
  t.ok(holds(await store.read(from, to), from, to))
  store.dropBefore(9 * SECOND)
  t.equal(store.start, 5 * SECOND)
  t.equal(store.spilled, 0)
  store.append(audio(5 * SECOND, 5 * SECOND + 50), 5 * SECOND)
  store.dropBefore(9 * SECOND)
  t.equal(store.start, 5 * SECOND, 'the last one goes on being filled')
})

t.test(
  'does not count audio twice that is released while being written',
  async t => {
    const { store } = open(t)
    store.append(audio(0, 4 * SECOND), 0)
    const spilling = store.spill()
    store.dropBefore(SECOND)
    await spilling
    t.equal(store.spilled, SECOND, 'the next takes its place')
    store.append(audio(4 * SECOND, 6 * SECOND), 4 * SECOND)
    await store.spill()
    t.equal(store.spilled, 3 * SECOND, 'no more than 2 s are in memory')
    const [from, to] = [SECOND, 6 * SECOND]
    t.ok(holds(await store.read(from, to), from, to))
  },
)

t.test('closed on its way to disk, it leaves no file', async t => {
  const { store, files } = open(t)
  store.append(audio(0, 5 * SECOND), 0)
  const spilling = store.spill().catch((error: Error) => error)
  await store.close()
  const error = await spilling
  if (error) t.match(error, { code: 'VOX_OUTPUT' })
  await store.spill()
  t.same(files(), [])
})

t.test('what is given up makes room in memory and in the file', async t => {
  const { store, files } = open(t)
  const append = async (second: number): Promise<void> => {
    const at = second * SECOND
    store.append(audio(at, at + SECOND), at)
    await store.spill()
  }
  for (let second = 0; second < 4; second++) await append(second)
  t.equal(store.spilled, 2 * SECOND)
  for (let second = 4; second < 40; second++) {
    store.dropBefore((second - 3) * SECOND)
    await append(second)
    t.equal(store.spilled, 2 * SECOND)
  }
  t.ok(
    holds(await store.read(36 * SECOND, 40 * SECOND), 36 * SECOND, 40 * SECOND),
  )
  const [place] = files()
  const { size } = statSync(join(process.env['TMPDIR']!, place!, 'audio'))
  t.ok(size <= 3 * SECOND * 2, 'the file has not grown')
})

t.test('memory that is used again has nothing of what it had', async t => {
  const { store } = open(t)
  const kept = 2.5 * SECOND
  const step = 0.7 * SECOND
  for (let from = 0; from < 40 * SECOND; from += step) {
    const to = from + step
    store.append(audio(from, to), from)
    const oldest = Math.max(0, to - kept)
    store.dropBefore(oldest)
    if (!holds(await store.read(oldest, to), oldest, to))
      t.fail(`samples ${oldest} to ${to} are others`)
  }
  const again = 50 * SECOND
  store.append(audio(again, again + 10), again)
  t.ok(holds(await store.read(again, again + 99), again, again + 10))
})
