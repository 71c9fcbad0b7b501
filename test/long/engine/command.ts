import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { modelNamed } from '../../../lib/recognizers/model-catalog.ts'
import { onlyLine } from '../../fixtures/cli.ts'
import { resultOf, startBuiltCli } from '../../fixtures/cli-process.ts'
import { ownCache, testModels } from '../../fixtures/models.ts'
import { recognises } from '../../fixtures/recognised.ts'
import { closedRegistry } from '../../fixtures/registry.ts'
import { jfk, jfkText } from '../../fixtures/speech-clips.ts'

/** Runs the built command with its own engine. */
const cli = async (
  args: readonly string[],
  options: { env?: Record<string, string>; cwd?: string } = {},
) => {
  const child = await startBuiltCli(args, options)
  child.stdin!.end()
  return resultOf(child)
}

const offline = {
  npm_config_registry: await closedRegistry(),
  npm_config_fetch_retries: '0',
  VOXPIPE_MODELS: '',
}

t.test('demo says the sentence, and doctor finds the models', async t => {
  const env = { VOXPIPE_MODELS: await testModels() }
  const demo = await cli(['demo'], { env })
  t.match(demo, { code: 0, stdout: /^[^\n]+\n$/ })
  recognises(t, demo.stdout, jfkText)
  t.match(onlyLine(demo), /transcribed on this machine/)
  const doctor = await cli(['doctor'], { env })
  t.match(doctor, { code: 0, stderr: '' })
  t.match(doctor.stdout, /ok +moonshine-tiny: ready/)
})

t.test('models fetched ahead need no network', async t => {
  const home = t.testdir()
  const dir = join(home, 'carried')
  const env = { XDG_CACHE_HOME: home, VOXPIPE_MODELS: '' }
  const fetched = await cli(['models', 'fetch', '--model-dir', dir], { env })
  t.match(fetched, { code: 0, stdout: '' })
  t.match(fetched.stderr, /downloading moonshine-tiny \(22 MB\), only once/)
  t.strictSame(readdirSync(home), ['carried'], 'nothing goes elsewhere')
  const used = await cli([jfk, '--model-dir', dir], {
    env: { ...env, ...offline },
  })
  t.match(used, { code: 0, stderr: '' })
  recognises(t, used.stdout, jfkText)
  const list = await cli(['models', 'list', '--model-dir', dir], { env })
  t.match(list.stdout, `tiny        MIT, ready, 28 MB in ${dir}\n`)
})

t.test('downloads a model with one flipped byte again', async t => {
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
  t.match(cut.stderr, /could not be downloaded again .*try again with network/)
  const healed = await cli([jfk], { env })
  t.match(healed, { code: 0 })
  recognises(t, healed.stdout, jfkText)
  t.match(healed.stderr, `voxpipe: warning: ${path} is not the published file`)
})
