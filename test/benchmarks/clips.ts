import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadClips, type BenchClip } from '../../benchmarks/clips.ts'
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
