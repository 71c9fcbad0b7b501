import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import {
  excerptsOf,
  lengthOf,
  loadClips,
  type BenchClip,
} from '../../benchmarks/clips.ts'
import { jfk, samplesOf } from '../fixtures/speech-clips.ts'

const { signal } = new AbortController()

/** What can be printed where it is wrong. */
const pick = (clip: BenchClip) => ({ ...clip, samples: undefined })

t.test('the clips of the package', async t => {
  const clips = await loadClips({ signal })
  t.match(pick(clips[0]!), {
    id: 'jfk',
    path: /jfk\.flac$/,
    language: 'en',
    text: /^And so, my fellow Americans/,
    words: [{ text: 'and', start: 290, end: 560 }, { text: 'so' }],
  })
  const samples = await samplesOf(jfk)
  t.equal(clips[0]!.samples.length, samples.length)
  const isClose = (x: number, i: number) => Math.abs(x - samples[i]!) < 1e-4
  t.ok(clips[0]!.samples.every(isClose), 'heard as they are')
  t.same(
    clips.map(({ samples }) => samples.length / 16_000),
    [11, 7.1, 2.99, 5.3, 6.05, 3.29],
  )
})

t.test('reads the clips of a user in their stated language', async t => {
  const folder = t.testdir({})
  cpSync(jfk, join(folder, 'a.wav'))
  writeFileSync(join(folder, 'a.txt'), 'and so')
  const [clip] = await loadClips({ data: folder, language: 'de', signal })
  t.match(pick(clip!), {
    id: 'a',
    text: 'and so',
    words: undefined,
    language: 'de',
  })
  const manifest = [{ file: 'a.wav', text: 'x', language: 'fr' }]
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest))
  const [told] = await loadClips({ data: folder, language: 'de', signal })
  t.equal(told!.language, 'fr')
})

t.test('reports clips without audio', async t => {
  const text = 'x'
  const data = t.testdir({
    'manifest.json': JSON.stringify([{ file: 'none.wav', text }]),
  })
  await t.rejects(loadClips({ data, signal }), { message: /none\.wav/ })
})

/** A clip whose samples are their places, with a word in each second. */
const clipOf = (id: string, seconds: number): BenchClip => ({
  id,
  path: id,
  samples: Float32Array.from({ length: seconds * 16_000 }, (_, i) => i),
  text: id,
  words: Array.from({ length: seconds }, (_, i) => ({
    text: `word ${i}`,
    start: i * 1_000 + 100,
    end: i * 1_000 + 900,
  })),
  language: 'en',
})

t.test('plays what is short as it is', async t => {
  const clips = [clipOf('a', 20), clipOf('b', 40)]
  t.equal(excerptsOf(clips, 60_000), clips)
})

t.test('takes the middle of long clips, without their text', async t => {
  const [clip, ...others] = excerptsOf([clipOf('a', 100)], 40_000)
  t.same(others, [])
  t.equal(clip!.samples.length, 640_000)
  t.equal(clip!.samples[0], 480_000)
  t.equal(clip!.text, undefined)
  t.match(clip!.words![0], { text: 'word 30', start: 100, end: 900 })
  t.equal(clip!.words!.length, 40)
})

t.test('takes some of many clips, evenly', async t => {
  const many = Array.from({ length: 12 }, (_, i) => clipOf(`${i}`, 10))
  const some = excerptsOf(many, 60_000)
  t.same(
    some.map(({ id }) => id),
    ['0', '2', '4', '6', '8', '10'],
  )
  const long = Array.from({ length: 4 }, (_, i) => clipOf(`${i}`, 300))
  const parts = excerptsOf(long, 60_000)
  t.equal(lengthOf(parts), 60_000, 'of 30 s each')
  t.same(
    parts.map(({ id }) => id),
    ['0', '2'],
  )
})
