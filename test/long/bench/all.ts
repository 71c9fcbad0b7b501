import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { blocksOf } from '../../fixtures/markdown.ts'
import { Workspace } from '../../fixtures/workspace.ts'

const folder = t.testdir({})
// No key, and nothing but loopback can be reached by way of a proxy.
const workspace = await Workspace.fill(folder, {
  OPENAI_API_KEY: '',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  npm_config_registry: 'http://127.0.0.1:9',
})

for (const { where, text, mark } of blocksOf('docs/guide/benchmarks.md')) {
  if (mark !== 'run in: a machine with nothing else to do') continue
  t.test(`${where} works`, async t => {
    const begun = performance.now()
    const ran = await workspace.run('sh', ['-ec', text])
    t.equal(ran.code, 0, 'ends well')
    if (ran.code !== 0) t.comment(ran.stderr)
    const [, report = ''] = /^the report is (.+)$/m.exec(ran.stdout) ?? []
    t.match(await readFile(join(folder, report), 'utf8'), /<html/)
    t.comment(ran.stdout)
    t.comment(`${((performance.now() - begun) / 60_000).toFixed(1)} minutes`)
  })
}
