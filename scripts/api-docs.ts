/*
 * Writes the API reference to docs/api, a page for each entry of package.json's
 * `exports`, from the docstrings. `npm run docs:api` runs it, and fails if an
 * exported name has no docstring.
 */
import { readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import {
  Application,
  DeclarationReflection,
  type Reflection,
  ReflectionKind,
} from 'typedoc'

const root = resolve(import.meta.dirname, '..')

/** Options of typedoc-plugin-markdown. */
const markdown = {
  outputFileStrategy: 'modules',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  parametersFormat: 'table',
  entryFileName: 'README',
}

type Manifest = {
  readonly name: string
  readonly exports: Readonly<
    Record<string, string | { readonly types: string }>
  >
}

/** Names of the entries, as users import them, and their sources. */
const entries = (): Map<string, string> => {
  const text = readFileSync(join(root, 'package.json'), 'utf8')
  const { name, exports } = JSON.parse(text) as Manifest
  return new Map(
    Object.entries(exports).flatMap(([path, target]) => {
      if (typeof target === 'string') return []
      const source = target.types
        .replace(/^\.\/dist\//, 'lib/')
        .replace(/^lib\/benchmarks\//, 'benchmarks/')
        .replace(/\.d\.ts$/, '.ts')
      return [[path.replace('.', name), join(root, source)]]
    }),
  )
}

/** Whether a name, a signature of it or its type has a docstring. */
const isDocumented = (reflection: Reflection): boolean => {
  if (reflection.hasComment()) return true
  if (reflection.isReference()) return true
  if (!reflection.isDeclaration()) return false
  const { signatures, type } = reflection
  if (signatures?.some(signature => signature.hasComment())) return true
  return (
    type?.type === 'reflection' &&
    (type.declaration.signatures?.some(one => one.hasComment()) ?? false)
  )
}

/** Drops what a class inherits, and what only Node calls, from its page. */
const keepOwnMembers = (one: Reflection): void => {
  if (!(one instanceof DeclarationReflection)) return
  const isOwn = ({ name, inheritedFrom }: DeclarationReflection): boolean =>
    inheritedFrom === undefined && !/^[_[]/.test(name)
  for (const group of one.groups ?? [])
    group.children = group.children.filter(
      child => !(child instanceof DeclarationReflection) || isOwn(child),
    )
  const { groups, children } = one
  if (groups) one.groups = groups.filter(group => group.children.length > 0)
  if (children) one.children = children.filter(isOwn)
}

/**
 * Writes the reference into a folder.
 * @returns the exported names that have no docstring
 */
export const writeApi = async (folder: string): Promise<string[]> => {
  const names = entries()
  const app = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown'],
    entryPoints: [...names.values()],
    tsconfig: join(root, 'tsconfig.json'),
    readme: 'none',
    excludeExternals: true,
    excludeInternal: true,
    excludePrivate: true,
    disableSources: true,
    validation: false,
    logLevel: 'Error',
    ...markdown,
  })
  const project = await app.convert()
  if (!project) throw new Error('typedoc could not read the sources')
  for (const one of Object.values(project.reflections))
    if (one.kindOf(ReflectionKind.Class)) keepOwnMembers(one)
  const missing: string[] = []
  for (const [name, source] of names) {
    const room = relative(root, dirname(source))
    const module = project.children!.find(one => one.name === room)!
    module.name = name
    for (const child of module.children!)
      if (!isDocumented(child)) missing.push(`${name}: ${child.name}`)
  }
  const order = [...names.keys()]
  for (const { children } of project.groups ?? [])
    children.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
  app.options.setValue('outputs', [{ name: 'markdown', path: folder }])
  await app.generateOutputs(project)
  return missing
}

if (process.argv[1] === import.meta.filename) {
  const missing = await writeApi(join(root, 'docs/api'))
  console.log('written: docs/api')
  for (const name of missing) console.error(`${name} has no docstring`)
  process.exitCode = missing.length > 0 ? 1 : 0
}
