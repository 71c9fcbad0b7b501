import { dirname, join, relative, resolve } from 'node:path'
import t from 'tap'
import ts from 'typescript'

const root = resolve(import.meta.dirname, '../../..')

/** Declarations of the library, by path, as the build emits them. */
const declarations = (): Map<string, string> => {
  const path = join(root, 'tsconfig.build.json')
  const { config } = ts.readConfigFile(path, name => ts.sys.readFile(name))
  const { options, fileNames } = ts.parseJsonConfigFileContent(
    config,
    ts.sys,
    root,
  )
  const found = new Map<string, string>()
  ts.createProgram(fileNames, {
    ...options,
    noCheck: true,
    emitDeclarationOnly: true,
    outDir: join(root, 'dist'),
  }).emit(undefined, (name, text) => found.set(relative(root, name), text))
  return found
}

/** Packages that the types of a file need, its imports' included. */
const packagesOf = (entry: string, files: Map<string, string>): Set<string> => {
  const packages = new Set<string>()
  const seen = new Set([entry])
  for (const file of seen)
    for (const { fileName } of ts.preProcessFile(files.get(file)!)
      .importedFiles)
      if (fileName.startsWith('.'))
        seen.add(join(dirname(file), fileName).replace(/\.[jt]s$/, '.d.ts'))
      else packages.add(fileName)
  return packages
}

t.test('no public type needs the types of the runtime', async t => {
  const files = declarations()
  const internal = packagesOf('dist/recognizers/engine/onnx.d.ts', files)
  t.ok(internal.has('onnxruntime-node'), 'such a type is found')
  for (const entry of ['index', 'server/index', 'testing/index']) {
    const packages = [...packagesOf(`dist/${entry}.d.ts`, files)]
    t.same(
      packages.filter(name => name.startsWith('onnxruntime')),
      [],
      entry,
    )
  }
})
