import { spawn } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import t, { type Test } from 'tap'
import { buildPackage } from '../fixtures/build.ts'
import { processEnv, resultOf } from '../fixtures/cli-process.ts'
import { testModels } from '../fixtures/models.ts'
import { closedRegistry } from '../fixtures/registry.ts'

const modules = resolve(import.meta.dirname, '../../node_modules')
const engine = 'onnxruntime-node'

/** A folder outside the checkout with voxpipe, but without its engine. */
const installWithoutEngine = async (t: Test): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), 'voxpipe-test-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const own = join(folder, 'node_modules')
  cpSync(await buildPackage(), join(own, 'voxpipe'), { recursive: true })
  for (const name of readdirSync(modules)) {
    if (name === 'voxpipe' || name === engine || name.startsWith('.')) continue
    symlinkSync(join(modules, name), join(own, name))
  }
  return folder
}

/** Runs node there, with a registry that nothing listens on. */
const run = async (folder: string, words: readonly string[], models = '') => {
  const child = spawn(process.execPath, words, {
    cwd: folder,
    env: processEnv({
      npm_config_registry: await closedRegistry(),
      npm_config_fetch_retries: '0',
      XDG_CACHE_HOME: folder,
      VOXPIPE_MODELS: models,
    }),
  })
  child.stdin.on('error', () => {}).end('no audio')
  return await resultOf(child)
}

const cure = 'ONNXRUNTIME_NODE_INSTALL=skip npm i onnxruntime-node@1.30'
const message = `the speech engine is not installed (onnxruntime-node); run: ${cure}`

const escaped = message.replaceAll(/[()]/g, '\\$&')

t.test('an installation that lost the engine says how to get it', async t => {
  const folder = await installWithoutEngine(t)
  const main = join(folder, 'node_modules/voxpipe/dist/cli/main.js')
  for (const words of ['demo', 'absent.wav', '- --live', 'serve --port 0'])
    await t.test(`voxpipe ${words}, before it reads or fetches`, async t => {
      const { code, stdout, stderr } = await run(folder, [
        main,
        ...words.split(' '),
      ])
      const [line] = stderr.split('\n').slice(-2)
      t.match(line, new RegExp(`^voxpipe: (demo\\.wav: )?${escaped}$`))
      t.equal(stdout, '')
      t.equal(code, 5)
    })

  await t.test('the library, before it takes input', async t => {
    const program = `
      import { LocalTranscriber, transcribe } from 'voxpipe'
      import { MoonshineRecognizer } from 'voxpipe/recognizers'
      import { createServer } from 'voxpipe/server'
      const show = error => console.log(error.code, error.message)
      for (const start of [
        () => new LocalTranscriber(),
        () => new MoonshineRecognizer(),
        () => createServer(),
      ])
        try { start() } catch (error) { show(error) }
      await transcribe('absent.wav').text().catch(show)`
    writeFileSync(join(folder, 'app.mjs'), program)
    const { stdout, stderr } = await run(folder, ['app.mjs'])
    t.equal(stderr, '')
    t.equal(stdout, `VOX_ENGINE_MISSING ${message}\n`.repeat(4))
  })
})

t.test('an engine that does not load on this system', async t => {
  const folder = await installWithoutEngine(t)
  const own = join(folder, 'node_modules')
  for (const name of ['package.json', 'dist'])
    cpSync(join(modules, engine, name), join(own, engine, name), {
      recursive: true,
    })
  const here = `bin/napi-v6/${process.platform}/${process.arch}`
  mkdirSync(join(own, engine, here), { recursive: true })
  writeFileSync(join(own, engine, here, 'onnxruntime_binding.node'), 'no code')
  const main = join(own, 'voxpipe/dist/cli/main.js')
  const { code, stderr } = await run(folder, [main, 'demo'], await testModels())
  t.equal(code, 5)
  t.match(
    stderr,
    /^voxpipe: the speech engine \(onnxruntime-node\) cannot be loaded: .*glibc.*\n$/m,
  )
})
