import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import t from 'tap'
import { blocksOf, textOf } from '../../fixtures/markdown.ts'
import { ownClips } from '../../fixtures/speech-clips.ts'
import { Workspace } from '../../fixtures/workspace.ts'

const guide = 'docs/guide/benchmarks.md'
const example = resolve(
  import.meta.dirname,
  '../../../docs/examples/bench-pipeline.js',
)
const folder = t.testdir({})
const workspace = await Workspace.fill(folder)

// The clips of a user: the shortest of ours, with its text beside it as well.
const [clip] = (await ownClips()).toSorted((a, b) => a.duration - b.duration)
const { path, text, words } = clip!
const file = basename(path)
const clips = join(folder, 'clips')
await mkdir(clips)
await copyFile(path, join(clips, file))
await writeFile(
  join(clips, 'manifest.json'),
  JSON.stringify([{ file, text, words }]),
)
const recordings = join(folder, 'recordings')
await mkdir(recordings)
await copyFile(path, join(recordings, file))
await copyFile(example, join(folder, 'bench-pipeline.js'))

t.test('the guide knows how many words the clips have', async t => {
  const clips = await ownClips()
  const count = clips.reduce((sum, clip) => sum + clip.words.length, 0)
  t.match(textOf(guide), `The clips that ship have ${count} words`)
})

for (const { where, text: block, mark } of blocksOf(guide)) {
  if (!mark?.startsWith('run in: a folder with')) continue
  t.test(`${where} works`, async t => {
    const ran = await workspace.run('sh', ['-ec', block])
    t.equal(ran.code, 0, 'ends well')
    if (ran.code !== 0) t.comment(ran.stderr)
    const [, report = ''] = /^the report is (.+)$/m.exec(ran.stdout) ?? []
    t.match(await readFile(join(folder, report), 'utf8'), /<html/)
    if (block.includes('capacity'))
      t.match(ran.stdout, /; this\s+machine\s+(carries|does\s+not\s+carry)/)
    if (block.includes('--compare')) t.match(ran.stdout, /0 better, 0 worse/)
  })
}
