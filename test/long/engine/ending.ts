import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { buildPackage } from '../../fixtures/build.ts'
import { testModels } from '../../fixtures/models.ts'

const root = await buildPackage()
const models = await testModels()
const script = fileURLToPath(
  new URL('../../fixtures/ending.js', import.meta.url),
)

/** Runs an application to its end, in a home of its own. */
const run = async (mode: string, home: string) => {
  const { PATH } = process.env
  const child = spawn(process.execPath, [script, mode, 'tiny', root], {
    env: { PATH, HOME: home, XDG_CACHE_HOME: home, VOXPIPE_MODELS: models },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', part => (stdout += part))
  child.stderr.setEncoding('utf8').on('data', part => (stderr += part))
  const [code, signal] = (await once(child, 'close')) as [number, string]
  return { code, signal, stdout, stderr }
}

const expected = {
  silence: { code: 0, stdout: '', stderr: '' },
  break: { code: 0, stdout: '', stderr: '' },
  sigint: { code: 0, stdout: '', stderr: '' },
  throw: { code: 1, stdout: '', stderr: /Error: a bug of the application/ },
  worker: { code: 0, stdout: 'the application goes on\n', stderr: '' },
}

for (const [mode, outcome] of Object.entries(expected))
  t.test(`the engine aborts no application that ends by ${mode}`, async t => {
    const home = t.testdir()
    t.match(await run(mode, home), { signal: null, ...outcome })
    t.same(readdirSync(home), [], 'and leaves no file')
  })

t.test('in a thread of an application it leaves no file', async t => {
  const home = t.testdir()
  const { code, stdout } = await run('whole', home)
  t.equal(code, 0)
  t.match(stdout, /\w/)
  t.same(readdirSync(home), [])
})
