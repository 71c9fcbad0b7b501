import t from 'tap'
import { findFfmpeg } from '../../../lib/io/ffmpeg.ts'
import { SpeechServer } from '../../../lib/testing/index.ts'
import { CommandShell } from '../../fixtures/command-shell.ts'
import { blocksOf, documents } from '../../fixtures/markdown.ts'
import { jfkRecognizer } from '../../fixtures/scripted.ts'
import { writeTalks } from '../../fixtures/write-talks.ts'

const server = await SpeechServer.listen({ transcribe: () => 'It is heard.' })
t.teardown(() => server.close())

const folder = t.testdir({})
await writeTalks(folder)
const shell = await CommandShell.open(t, folder, {
  env: { OPENAI_BASE_URL: server.baseURL, NO_PROXY: '127.0.0.1' },
  recognizerFor: () => jfkRecognizer(),
})

for (const path of documents)
  for (const block of blocksOf(path)) {
    if (block.mark !== 'run in: a shell with a key') continue
    const skip =
      /\bffmpeg\b/.test(block.text) && !findFfmpeg() && 'there is no ffmpeg'
    t.test(`${block.where} works`, { skip }, async t => {
      // The key is the one that a block before has exported; audio need not
      // come as slowly as it is spoken.
      const script = block.text.replaceAll(
        'ffmpeg -loglevel error -re ',
        'ffmpeg -loglevel error ',
      )
      const ran = await shell.run(`export OPENAI_API_KEY=sk-...\n${script}`)
      t.equal(ran.code, 0, 'ends well')
      t.match(ran.stdout, /It is heard\./)
      if (ran.code !== 0) t.comment(ran.stderr)
    })
  }
