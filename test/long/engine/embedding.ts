import t from 'tap'
import { BundledApp } from '../../fixtures/bundles.ts'
import { blocksOf } from '../../fixtures/markdown.ts'

const folder = t.testdir({
  'app.js': `
    import { transcribe } from 'voxpipe'
    console.log(await transcribe('talk.mp3').text())
  `,
  'later.js': `
    import { transcribe } from 'voxpipe'
    transcribe('talk.mp3').text().then(console.log)
  `,
})
const app = await BundledApp.fill(folder)

for (const { where, mark, text } of blocksOf('docs/guide/embedding.md')) {
  if (mark !== 'run in: an application with esbuild') continue
  t.test(`${where} works`, async t => {
    const ran = await app.sh(text)
    t.equal(ran.code, 0, 'ends well')
    t.match(ran.stdout, /fellow Americans/)
    if (ran.code !== 0) t.comment(ran.stderr)
  })
}

t.test('a CommonJS bundle transcribes', async t => {
  const { stdout, stderr } = await app.bundle('later', 'cjs')
  t.match(stdout, /fellow Americans/, stderr)
})
