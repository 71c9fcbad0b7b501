// In a process of its own: its server must not close when the tests of other files end.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import {
  examples,
  exampleWorkspace,
  runExample,
  serving,
  shownExamples,
  withModels,
} from '../fixtures/examples.ts'
import { noModels } from '../fixtures/workspace.ts'
import { folderWith } from '../fixtures/folder.ts'

const shown = new Set<string>()
const folder = folderWith()
const workspace = await exampleWorkspace(t, folder, noModels)

for (const { path, block, name } of shownExamples)
  t.test(`${block.where} is an example that runs`, async t => {
    if (!name) return t.fail('no <!-- example: NAME.js --> above it')
    const source = await readFile(join(examples, name), 'utf8')
    t.equal(block.text, source, `is docs/examples/${name}`)
    if (shown.has(name)) return // it has run
    shown.add(name)
    if (name.startsWith('server-')) return // runs in test/long/docs/server.ts
    if (name.endsWith('.test.js')) return // runs in .ci/run
    if (withModels.has(name)) return // runs in test/long/docs/examples.ts
    if (serving.has(name)) return // runs in test/long/docs/recipes.ts
    await runExample(t, workspace, { path, block, name })
  })

t.test(
  'no example keeps a pipeline whose error nobody would catch',
  async t => {
    for (const name of await readdir(examples)) {
      const source = await readFile(join(examples, name), 'utf8')
      t.notMatch(source, /= pipeline\(/, name)
      t.notMatch(source, /\.pipe\(/, `${name}: pipe() passes no error on`)
    }
  },
)

t.test('every example is shown somewhere', async t => {
  t.same([...shown].sort(), (await readdir(examples)).sort())
})
