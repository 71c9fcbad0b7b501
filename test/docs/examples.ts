import { copyFile, readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import t from 'tap'
import { SpeechServer } from '../../lib/testing/index.ts'
import { blocksOf, documents, isShown, outputOf } from '../fixtures/markdown.ts'
import { Workspace } from '../fixtures/workspace.ts'

const examples = resolve(import.meta.dirname, '../../docs/examples')
const shown = new Set<string>()
const folder = t.testdir({})

// Examples that ask OpenAI for something get it from a double.
const server = await SpeechServer.listen({
  hear: () => 'Ask not what your country can do for you.',
})
t.teardown(() => server.close())
const workspace = await Workspace.fill(folder, {
  OPENAI_API_KEY: 'sk-of-a-test',
  OPENAI_BASE_URL: server.baseURL,
  RECOGNIZER_KEY: 'sk-of-a-test',
  RECOGNIZER_URL: server.baseURL,
})

for (const path of documents)
  for (const block of blocksOf(path)) {
    if (block.language !== 'js') continue
    t.test(`${block.where} is an example that runs`, async t => {
      const name = /^example: (.+\.js)$/.exec(block.mark ?? '')?.[1]
      if (!name) return t.fail('no <!-- example: NAME.js --> above it')
      const source = await readFile(join(examples, name), 'utf8')
      t.equal(block.text, source, `is docs/examples/${name}`)
      if (shown.has(name)) return // it has run
      shown.add(name)
      if (name.startsWith('server-')) return // runs in test/docs/server.ts
      if (name.endsWith('.test.js')) return // runs in .ci/run
      await copyFile(join(examples, name), join(folder, name))
      const ran = await workspace.run(process.execPath, [name])
      t.equal(ran.code, 0, 'ends well')
      t.equal(ran.stderr, '', 'complains of nothing')
      const output = outputOf(path, block)
      if (output && !isShown(ran.stdout, output.text))
        t.equal(ran.stdout, output.text, 'prints what is shown')
    })
  }

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
