import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { npmCases, startCase } from '../../fixtures/npm-cases.ts'
import { Servers } from '../../fixtures/package-registry.ts'

const run = promisify(execFile)

// The oracle of `test/io/npm-settings.ts`.
for (const npmCase of npmCases)
  t.test(`npm asks for the same: ${npmCase.name}`, async t => {
    const servers = new Servers(t)
    const { npmrc, files, env } = await startCase(servers, npmCase)
    const home = t.testdir({ ...files, '.npmrc': npmrc ?? '', here: {} })
    await run('npm', ['pack', '@voice/model@1.2.3'], {
      cwd: `${home}/here`,
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        PREFIX: home,
        npm_config_cache: `${home}/cache`,
        npm_config_update_notifier: 'false',
        ...env,
      },
    })
    // npm asks twice for what a registry knows of a package.
    t.strictSame([...new Set(servers.log)], [...new Set(npmCase.asked)])
  })
