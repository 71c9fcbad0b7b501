// In a process of its own: its folder must stay when the tests of other files end.
import t from 'tap'
import { findFfmpeg } from '../../lib/io/ffmpeg.ts'
import { CommandShell } from '../fixtures/command-shell.ts'
import { conversation } from '../fixtures/conversation.ts'
import { blocksOf, documents, isShown, outputOf } from '../fixtures/markdown.ts'
import { jfkRecognizer } from '../fixtures/scripted.ts'
import { TALK_PAUSE_MS, writeTalks } from '../fixtures/write-talks.ts'
import { folderWith } from '../fixtures/folder.ts'

/** What brings its own surroundings is run by `.ci/run`. */
const elsewhere = /^run in: /
const needsFfmpeg = /\bffmpeg\b|\.(m4a|mpg)\b/

const folder = folderWith()
await writeTalks(folder)
const { spoken } = await conversation(TALK_PAUSE_MS)
const shell = await CommandShell.open(t, folder, {
  recognizerFor: argv =>
    argv.some(word => /^(interview|call)\./.test(word))
      ? jfkRecognizer({ words: spoken })
      : jfkRecognizer({ model: 'tiny' }),
})

for (const path of documents)
  for (const block of blocksOf(path)) {
    if (block.language !== 'sh' || elsewhere.test(block.mark ?? '')) continue
    const skip =
      needsFfmpeg.test(block.text) && !findFfmpeg() && 'there is no ffmpeg'
    t.test(`${block.where} works`, { skip }, async t => {
      const ran = await shell.run(block.text)
      t.equal(ran.code, 0, 'ends well')
      const output = outputOf(path, block)
      if (output && !isShown(ran.stdout, output.text))
        t.equal(ran.stdout, output.text, 'prints what is shown')
      if (ran.code !== 0) t.comment(ran.stderr)
    })
  }
