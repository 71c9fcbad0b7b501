// In a process of its own: it holds the compiler and all declarations.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import ts from 'typescript'

const root = resolve(import.meta.dirname, '../..')

/** A folder that exists only in memory. */
const outDir = join(root, 'declarations')

const { options: own } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(join(root, 'tsconfig.build.json'), path =>
    ts.sys.readFile(path),
  ).config,
  ts.sys,
  root,
)

/** The source of each entry, by its name. */
const sources = Object.entries(own.paths!).map(
  ([name, [file]]) => [name, file!] as const,
)

/** Declarations as a build emits them, by their paths. */
const declarations = new Map<string, string>()

const emit = (): void => {
  const program = ts.createProgram(
    sources.map(([, file]) => join(root, file)),
    { ...own, emitDeclarationOnly: true, rootDir: root, outDir },
  )
  program.emit(undefined, (path, text) => declarations.set(resolve(path), text))
}
emit()

const declared = (file: string): string =>
  join(outDir, file.replace(/\.ts$/, '.d.ts'))

const readDeclarations = (): ts.Program => {
  const options: ts.CompilerOptions = {
    ...own,
    noEmit: true,
    rootDir: root,
    paths: Object.fromEntries(
      sources.map(([name, file]) => [name, [declared(file)]]),
    ),
  }
  const host = ts.createCompilerHost(options)
  host.readFile = path =>
    declarations.get(resolve(path)) ?? ts.sys.readFile(path)
  host.fileExists = path =>
    declarations.has(resolve(path)) || ts.sys.fileExists(path)
  host.directoryExists = path =>
    resolve(path).startsWith(outDir) || ts.sys.directoryExists(path)
  const files = sources.map(([, file]) => declared(file))
  return ts.createProgram(files, options, host)
}

const program = readDeclarations()
const checker = program.getTypeChecker()

const target = (symbol: ts.Symbol): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias
    ? checker.getAliasedSymbol(symbol)
    : symbol

/** What the entries export, by name and entry. */
const exported = new Map<ts.Symbol, { name: string; entry: string }>()
const twice: string[] = []
for (const [entry, file] of sources) {
  const source = program.getSourceFile(declared(file))!
  const module = checker.getSymbolAtLocation(source)!
  for (const symbol of checker.getExportsOfModule(module)) {
    const { name } = symbol
    if (exported.has(target(symbol))) twice.push(`${entry}: ${name}`)
    exported.set(target(symbol), { name, entry })
  }
}

const isOurs = ({ declarations: nodes = [] }: ts.Symbol): boolean =>
  nodes.some(node => node.getSourceFile().fileName.startsWith(outDir))

const isDocumented = (symbol: ts.Symbol): boolean =>
  symbol.getDocumentationComment(checker).length > 0 ||
  symbol.getJsDocTags(checker).length > 0

/** The name of a type that a node refers to. */
const referenceOf = (node: ts.Node): ts.Node | undefined => {
  if (ts.isTypeReferenceNode(node)) return node.typeName
  if (ts.isTypeQueryNode(node)) return node.exprName
  if (ts.isExpressionWithTypeArguments(node)) return node.expression
  return ts.isImportTypeNode(node) ? node.qualifier : undefined
}

/** A parameter of the signature, or one of its type parameters. */
const isLocal = ({ flags, declarations: nodes = [] }: ts.Symbol): boolean =>
  Boolean(flags & ts.SymbolFlags.TypeParameter) || nodes.some(ts.isParameter)

const isMember = (node: ts.Node): node is ts.ClassElement | ts.TypeElement =>
  ts.isPropertySignature(node) ||
  ts.isMethodSignature(node) ||
  ts.isPropertyDeclaration(node) ||
  ts.isMethodDeclaration(node) ||
  ts.isGetAccessor(node)

/** `type: 'final'`, which says the same as the type's own docstring. */
const isDiscriminant = (node: ts.ClassElement | ts.TypeElement): boolean =>
  ts.isPropertySignature(node) &&
  node.name.getText() === 'type' &&
  node.type !== undefined &&
  ts.isLiteralTypeNode(node.type)

const isInherited = (node: ts.Node, name: string): boolean =>
  ts.isClassDeclaration(node.parent) &&
  checker
    .getBaseTypes(checker.getTypeAtLocation(node.parent) as ts.InterfaceType)
    .some(base => base.getProperty(name))

const isPrivate = (node: ts.Node): boolean =>
  ts.canHaveModifiers(node) &&
  (ts.getModifiers(node) ?? []).some(
    ({ kind }) => kind === ts.SyntaxKind.PrivateKeyword,
  )

const unexported: string[] = []
const undocumented: string[] = []
/** Bases that entries do not export: their members are read as one's own. */
const bases = new Set<ts.Symbol>()

const checkReference = (node: ts.Node, where: string): void => {
  const name = referenceOf(node)
  const found = name && checker.getSymbolAtLocation(name)
  if (!found) return
  const symbol = target(found)
  if (!isOurs(symbol) || isLocal(symbol) || exported.has(symbol)) return
  if (ts.isExpressionWithTypeArguments(node)) {
    if (!bases.has(symbol)) {
      bases.add(symbol)
      for (const base of symbol.declarations!) read(base, symbol.name)
    }
  } else unexported.push(`${where}: ${symbol.name}`)
}

const read = (node: ts.Node, where: string): void => {
  if (isPrivate(node)) return
  checkReference(node, where)
  const name = isMember(node) ? node.name : undefined
  if (
    name &&
    isMember(node) &&
    (ts.isIdentifier(name) || ts.isStringLiteral(name))
  ) {
    const symbol = checker.getSymbolAtLocation(name)!
    const fine =
      isDocumented(symbol) ||
      isDiscriminant(node) ||
      isInherited(node, symbol.name)
    if (!fine) undocumented.push(`${where}.${symbol.name}`)
  }
  ts.forEachChild(node, child => read(child, where))
}

for (const [symbol, { name, entry }] of exported) {
  if (!isOurs(symbol)) continue
  const where = `${entry} ${name}`
  if (!isDocumented(symbol)) undocumented.push(where)
  for (const node of symbol.declarations!) read(node, where)
}

t.test('every entry of package.json is read', async t => {
  const { exports } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  ) as { exports: Record<string, unknown> }
  const names = Object.keys(exports).filter(name => !name.endsWith('.json'))
  t.same(
    sources.map(([name]) => name),
    names.map(name => `voxpipe${name.slice(1)}`),
  )
  t.ok(exported.size > 200, 'there are names to look at')
})

t.test('voxpipe exports at most 80 names', async t => {
  const main = [...exported.values()].filter(({ entry }) => entry === 'voxpipe')
  t.ok(main.length <= 80, `${main.length} names`)
})

t.test('each name is exported from one entry', async t => {
  t.same(twice, [])
})

t.test('every type in a signature is exported', async t => {
  t.same([...new Set(unexported)], [])
})

t.test('every exported name, member and option has a docstring', async t => {
  t.same(undocumented, [])
})
