import { execFile } from 'node:child_process'
import { readFile, readdir, truncate, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { modelNamed } from '../../lib/recognizers/model-catalog.ts'
import {
  fetchModel,
  listModels,
  resolveModel,
} from '../../lib/recognizers/model-store.ts'
import { ownCache, testModels } from '../fixtures/models.ts'
import { closedRegistry, falseRegistry } from '../fixtures/registry.ts'

const run = promisify(execFile)

/** Every test of this file fetches with this environment. */
const settle = (env: Record<string, string>): void => {
  for (const key of ['VOXPIPE_MODELS', 'npm_config_registry'])
    delete process.env[key]
  Object.assign(process.env, { npm_config_fetch_retries: '0', ...env })
}

const vadIn = (dir: string): string => {
  const { folder, files } = modelNamed('silero-vad')
  return join(dir, folder, files[0]!.name)
}

const flipByte = async (path: string): Promise<Buffer> => {
  const bytes = await readFile(path)
  bytes[bytes.length >> 1]! ^= 1
  await writeFile(path, bytes)
  return bytes
}

const models = await testModels()

t.test('fetches once, into the cache only', async t => {
  const home = t.testdir()
  settle({ XDG_CACHE_HOME: home })
  const seen: number[] = []
  const onProgress = ({ received, total }: Record<string, unknown>) => {
    seen.push(Number(received) / Number(total))
  }
  const files = await resolveModel('silero-vad', { onProgress })
  t.strictSame(files, { vad: vadIn(join(home, 'voxpipe')) })
  t.equal(seen.at(-1), 1, 'progress ends at the whole')
  t.strictSame(
    seen,
    seen.toSorted((a, b) => a - b),
  )
  t.strictSame(await readdir(home), ['voxpipe'])
  t.strictSame(await readdir(join(home, 'voxpipe')), ['silero-vad-v6'])
  settle({ XDG_CACHE_HOME: home, npm_config_registry: await closedRegistry() })
  t.strictSame(await resolveModel('silero-vad'), files, 'no network needed')
})

t.test('a folder of models goes before the cache', async t => {
  settle({
    XDG_CACHE_HOME: t.testdir(),
    npm_config_registry: await closedRegistry(),
  })
  const files = await resolveModel('tiny', { modelDir: models })
  t.equal(files.encoder.startsWith(models), true)
  t.equal(files.decoder.startsWith(models), true)
  settle({ VOXPIPE_MODELS: models })
  t.strictSame(await resolveModel('moonshine-tiny'), files)
})

t.test('downloads a damaged file again', async t => {
  const home = t.testdir()
  const cache = await ownCache(home)
  for (const damage of [flipByte, (path: string) => truncate(path, 1000)]) {
    settle({ XDG_CACHE_HOME: home })
    await damage(vadIn(cache))
    const warnings: unknown[] = []
    await resolveModel('silero-vad', {
      onWarning: warning => warnings.push(warning),
    })
    t.match(warnings, [{ code: 'VOX_MODEL_CORRUPT', message: vadIn(cache) }])
    const whole = await readFile(vadIn(models))
    t.ok(whole.equals(await readFile(vadIn(cache))), 'whole again')
  }
  await flipByte(vadIn(cache))
  await t.rejects(resolveModel('silero-vad', { offline: true }), {
    code: 'VOX_MODEL_CORRUPT',
    message: vadIn(cache),
  })
  settle({ npm_config_registry: await closedRegistry() })
  await t.rejects(resolveModel('silero-vad'), {
    code: 'VOX_MODEL_CORRUPT',
    message: /could not be downloaded again.*ECONNREFUSED.*--model-dir/,
  })
})

t.test("damage in the user's own folder is an error", async t => {
  const home = t.testdir()
  const dir = await ownCache(join(home, 'mine'))
  const damaged = await flipByte(vadIn(dir))
  settle({ XDG_CACHE_HOME: home })
  await t.rejects(resolveModel('silero-vad', { modelDir: dir }), {
    code: 'VOX_MODEL_CORRUPT',
    message: `${vadIn(dir)} is not the published file of silero-vad; delete it, or run 'voxpipe models fetch tiny --model-dir ${dir}' with network`,
  })
  t.ok(damaged.equals(await readFile(vadIn(dir))), 'and is left alone')
  await fetchModel('silero-vad', { dir })
  await resolveModel('silero-vad', { modelDir: dir, offline: true })
})

t.test('says what to do without model and network', async t => {
  settle({
    XDG_CACHE_HOME: t.testdir(),
    npm_config_registry: await closedRegistry(),
  })
  await t.rejects(resolveModel('base'), {
    code: 'VOX_MODEL_MISSING',
    retryable: true,
    message: /no connection .*ECONNREFUSED.*run 'voxpipe models fetch base/,
  })
  await t.rejects(resolveModel('tiny', { offline: true }), {
    code: 'VOX_MODEL_MISSING',
    message: /switched off.*VOXPIPE_MODELS/,
  })
})

t.test('a registry that sends something else is refused', async t => {
  const home = t.testdir()
  const registry = await falseRegistry('0.0.31')
  t.teardown(registry.close)
  settle({ XDG_CACHE_HOME: home, npm_config_registry: registry.url })
  await t.rejects(resolveModel('silero-vad'), {
    code: 'VOX_MODEL_MISSING',
    message: /another package than the pinned one/,
  })
  t.strictSame(await readdir(join(home, 'voxpipe', 'silero-vad-v6')), [])
})

t.test('a cache that cannot be used is named', async t => {
  const home = t.testdir({ voxpipe: 'a file' })
  settle({ XDG_CACHE_HOME: home })
  await t.rejects(resolveModel('silero-vad'), {
    code: 'VOX_MODEL_MISSING',
    message: new RegExp(`cannot write to the model folder ${home}/voxpipe`),
  })
})

t.test('an aborted fetch leaves nothing', async t => {
  const home = t.testdir()
  settle({ XDG_CACHE_HOME: home })
  const abort = new AbortController()
  const reason = new Error('enough')
  await t.rejects(
    resolveModel('silero-vad', {
      signal: abort.signal,
      onProgress: () => abort.abort(reason),
    }),
    reason,
  )
  t.strictSame(await readdir(join(home, 'voxpipe')), ['silero-vad-v6'])
  t.strictSame(await readdir(join(home, 'voxpipe', 'silero-vad-v6')), [])
  await t.rejects(resolveModel('silero-vad', { signal: abort.signal }), reason)
})

t.test('concurrent downloads do not interfere', async t => {
  const home = t.testdir()
  const script = resolve(import.meta.dirname, '../fixtures/resolve-model.ts')
  settle({ XDG_CACHE_HOME: home })
  const both = await Promise.all(
    [1, 2].map(() =>
      run(process.execPath, [...process.execArgv, script, 'silero-vad']),
    ),
  )
  const [one, two] = both.map(({ stdout }) => JSON.parse(stdout) as unknown)
  t.strictSame(one, { vad: vadIn(join(home, 'voxpipe')) })
  t.strictSame(one, two)
  t.strictSame(await readdir(join(home, 'voxpipe')), ['silero-vad-v6'])
})

t.test('listModels() lists each model and its state', async t => {
  const home = t.testdir()
  settle({ XDG_CACHE_HOME: home })
  const dir = await ownCache(join(home, 'mine'))
  await flipByte(vadIn(dir))
  t.match(await listModels({ modelDir: dir }), [
    { name: 'moonshine-tiny', state: 'ready', dir, bytes: 28_180_947 },
    { name: 'moonshine-base', state: 'missing', dir: join(home, 'voxpipe') },
    { name: 'silero-vad', state: 'corrupt', dir },
  ])
})

t.test('names and options are checked', async t => {
  await t.rejects(resolveModel('large'), { code: 'VOX_MODEL_UNKNOWN' })
  await t.rejects(resolveModel('tiny', { modelDir: '' }), {
    code: 'VOX_OPTION',
  })
  // @ts-expect-error a VAD has no encoder
  const never = async () => (await resolveModel('silero-vad')).encoder
  t.type(never, 'function')
})
