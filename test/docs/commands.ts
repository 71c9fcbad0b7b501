import { findFfmpeg } from '../../lib/io/ffmpeg.ts'
import t from 'tap'
import { blocksOf, documents, isShown, outputOf } from '../fixtures/markdown.ts'
import { Workspace } from '../fixtures/workspace.ts'

/** What brings its own surroundings is run by `.ci/run`. */
const elsewhere = /^run in: /
const needsFfmpeg = /\bffmpeg\b|\.(m4a|mpg)\b/

const workspace = await Workspace.fill(t.testdir({}))

for (const path of documents)
  for (const block of blocksOf(path)) {
    if (block.language !== 'sh' || elsewhere.test(block.mark ?? '')) continue
    const skip =
      needsFfmpeg.test(block.text) && !findFfmpeg() && 'there is no ffmpeg'
    t.test(`${block.where} works`, { skip }, async t => {
      const ran = await workspace.run('sh', ['-ec', block.text])
      t.equal(ran.code, 0, 'ends well')
      const output = outputOf(path, block)
      if (output && !isShown(ran.stdout, output.text))
        t.equal(ran.stdout, output.text, 'prints what is shown')
      if (ran.code !== 0) t.comment(ran.stderr)
    })
  }
