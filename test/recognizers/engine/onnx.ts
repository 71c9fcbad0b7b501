import { build } from 'esbuild'
import { join } from 'node:path'
import t from 'tap'
import { buildPackage } from '../../fixtures/build.ts'

const built = await buildPackage()

/** Files from which a program and what it imports, at any time, get onnxruntime. */
const importersOf = async (entry: string): Promise<string[]> => {
  const { metafile } = await build({
    entryPoints: [join(built, 'dist', entry)],
    bundle: true,
    format: 'esm',
    metafile: true,
    packages: 'external',
    platform: 'node',
    write: false,
    outdir: built,
    absWorkingDir: built,
  })
  return Object.entries(metafile.inputs)
    .filter(([, { imports }]) =>
      imports.some(({ path }) => path.startsWith('onnxruntime')),
    )
    .map(([path]) => path)
}

t.test('only a thread of the engine loads the runtime', async t => {
  t.same(await importersOf('recognizers/engine/engine-thread.js'), [
    'dist/recognizers/engine/onnx.js',
  ])
  for (const entry of ['index.js', 'server/index.js', 'testing/index.js'])
    t.same(await importersOf(entry), [], entry)
})
