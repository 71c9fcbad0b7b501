import { findFfmpeg } from '../../lib/io/ffmpeg.ts'
import t from 'tap'
import { SpeechServer } from '../../lib/testing/index.ts'
import { blocksOf, documents } from '../fixtures/markdown.ts'
import { Workspace } from '../fixtures/workspace.ts'

const server = await SpeechServer.listen({ hear: () => 'It is heard.' })
t.teardown(() => server.close())

const workspace = await Workspace.fill(t.testdir({}), {
  OPENAI_API_KEY: 'sk-of-a-test',
  OPENAI_BASE_URL: server.baseURL,
  NO_PROXY: '127.0.0.1',
})

for (const path of documents)
  for (const block of blocksOf(path)) {
    if (block.mark !== 'run in: a shell with a key') continue
    const skip =
      /\bffmpeg\b/.test(block.text) && !findFfmpeg() && 'there is no ffmpeg'
    t.test(`${block.where} works`, { skip }, async t => {
      const ran = await workspace.run('sh', ['-ec', block.text])
      t.equal(ran.code, 0, 'ends well')
      t.match(ran.stdout, /It is heard\./)
      if (ran.code !== 0) t.comment(ran.stderr)
    })
  }
