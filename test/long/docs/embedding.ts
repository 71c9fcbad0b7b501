import t from 'tap'
import { BundledApp } from '../../fixtures/bundles.ts'
import { blocksOf } from '../../fixtures/markdown.ts'
import { noModels } from '../../fixtures/workspace.ts'

const folder = t.testdir({
  'import.js': `
    import * as voxpipe from 'voxpipe'
    import * as openai from 'voxpipe/openai'
    console.log(typeof voxpipe.transcribe, typeof openai.RealtimeTranscriber)
  `,
  'decode.js': `
    import { createReadStream } from 'node:fs'
    import { Decoder } from 'voxpipe'
    createReadStream('talk.mp3').pipe(new Decoder())
      .on('error', ({ code, message }) => console.log(code, message))
      .on('end', () => console.log('decoded'))
      .resume()
  `,
})
const app = await BundledApp.fill(folder, noModels)

/*
 * Blocks with other marks are run by test/long/engine/embedding.ts, or, with
 * the packed package, by `.ci/run`.
 */
for (const { where, mark, text } of blocksOf('docs/guide/embedding.md')) {
  if (mark !== 'run in: a project with voxpipe') continue
  t.test(`${where} works`, async t => {
    const ran = await app.sh(text)
    t.equal(ran.code, 0, 'ends well')
    t.equal(ran.stdout, 'function\n')
    if (ran.code !== 0) t.comment(ran.stderr)
  })
}

t.test('a bundle of ES modules can import voxpipe', async t => {
  const ran = await app.bundle('import', 'esm')
  t.equal(ran.stdout, 'function function\n', ran.stderr)
})

t.test('a part that a bundle lacks is named, with the cure', async t => {
  const { stdout, stderr } = await app.bundle('decode', 'esm')
  t.match(stdout, /^VOX_BUNDLED the MP3 decoder .*--external:voxpipe/, stderr)
})
