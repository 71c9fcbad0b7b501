import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import t from 'tap'
import { blocksOf } from '../fixtures/markdown.ts'
import { Workspace } from '../fixtures/workspace.ts'

const folder = t.testdir({
  'app.js': `
    import { transcribe } from 'voxpipe'
    console.log(await transcribe('talk.mp3').text())
  `,
  'later.js': `
    import { transcribe } from 'voxpipe'
    transcribe('talk.mp3').text().then(console.log)
  `,
  'import.js': `
    import * as voxpipe from 'voxpipe'
    console.log(typeof voxpipe.transcribe, typeof voxpipe.RealtimeTranscriber)
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
const workspace = await Workspace.fill(folder)
const modules = resolve(import.meta.dirname, '../../node_modules')
await symlink(join(modules, 'esbuild'), join(folder, 'node_modules/esbuild'))
await symlink(
  join(modules, 'esbuild/bin/esbuild'),
  join(folder, 'node_modules/.bin/esbuild'),
)
await mkdir(join(folder, 'out'))
await writeFile(join(folder, 'out/package.json'), '{}')

/** Blocks with other marks are run by `.ci/run`, with the packed package. */
const here = new Set<string | undefined>([
  'run in: an application with esbuild',
  'run in: a project with voxpipe',
])

for (const { where, mark, text } of blocksOf('docs/guide/embedding.md')) {
  if (!here.has(mark)) continue
  t.test(`${where} works`, async t => {
    const ran = await workspace.run('sh', ['-ec', text])
    t.equal(ran.code, 0, 'ends well')
    t.match(ran.stdout, /fellow Americans|^function\n$/)
    if (ran.code !== 0) t.comment(ran.stderr)
  })
}

const bundle = async (name: string, format: 'cjs' | 'esm') => {
  const out = `out/${name}.${format === 'cjs' ? 'cjs' : 'mjs'}`
  const words = `esbuild ${name}.js --bundle --platform=node --format=${format} --outfile=${out} --log-level=error`
  const { code, stderr } = await workspace.run('npx', words.split(' '))
  if (code !== 0) t.comment(stderr)
  return workspace.run(process.execPath, [out])
}

t.test('a CommonJS bundle transcribes', async t => {
  const { stdout, stderr } = await bundle('later', 'cjs')
  t.match(stdout, /fellow Americans/, stderr)
})

t.test('a bundle of ES modules can import voxpipe', async t => {
  const ran = await bundle('import', 'esm')
  t.equal(ran.stdout, 'function function\n', ran.stderr)
})

t.test('a part that a bundle lacks is named, with the cure', async t => {
  const { stdout, stderr } = await bundle('decode', 'esm')
  t.match(stdout, /^VOX_BUNDLED the MP3 decoder .*--external:voxpipe/, stderr)
})
