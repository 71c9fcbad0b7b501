import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import ts from 'typescript'
import { plainProfile, captionProfiles } from '../../lib/captions/profiles.ts'
import { defaultModel } from '../../lib/engine/resolve-engine.ts'
import { resolveTiming } from '../../lib/transcribers/realtime/timing.ts'

const lib = resolve(import.meta.dirname, '../../lib')

/** Where options get their defaults, if not in the file that documents them. */
const elsewhere: Readonly<Record<string, readonly string[]>> = {
  'transcribers/file/options.ts': ['transcribers/file/resolve.ts'],
  'transcribers/transcribe-options.ts': [
    'transcribe.ts',
    'transcribers/local.ts',
  ],
  'testing/toxics/toxic.ts': ['testing/fault-proxy.ts'],
  'testing/uploads/scripted-answer.ts': ['testing/uploads/reply.ts'],
}

/** Defaults of OpenAI's service, which voxpipe leaves to it. */
const ofService = new Set(
  ['prefixPaddingMs', 'silenceDurationMs', 'threshold'].map(
    name => `transcribers/file/options.ts ${name}`,
  ),
)

const parse = (file: string): ts.SourceFile =>
  ts.createSourceFile(
    file,
    readFileSync(join(lib, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  )

const each = (node: ts.Node, visit: (node: ts.Node) => void): void => {
  visit(node)
  ts.forEachChild(node, child => each(child, visit))
}

/** The value of a literal or another simple expression; undefined: prose. */
const valueOf = (text: string, constants: object = {}): unknown => {
  try {
    return runInNewContext(`(${text})`, { ...constants, defaultModel })
  } catch {
    return undefined
  }
}

/** The `@default` of each property of a file's types. */
const documented = (file: string): [name: string, text: string][] => {
  const found: [string, string][] = []
  each(parse(file), node => {
    if (!ts.isPropertySignature(node)) return
    const tag = ts
      .getJSDocTags(node)
      .find(({ tagName }) => tagName.text === 'default')
    const text = tag && ts.getTextOfJSDocComment(tag.comment)
    if (text !== undefined) found.push([node.name.getText(), text])
  })
  return found
}

/** The values that the code of a file has where a name has none. */
const inCode = (file: string, name: string): unknown[] => {
  const constants: Record<string, unknown> = {}
  const found: string[] = []
  each(parse(file), node => {
    if (ts.isVariableDeclaration(node) && node.initializer)
      constants[node.name.getText()] = valueOf(node.initializer.getText())
    if (ts.isBindingElement(node) && node.initializer) {
      const { propertyName = node.name } = node
      if (propertyName.getText() === name)
        found.push(node.initializer.getText())
    } else if (
      ts.isBinaryExpression(node) &&
      node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken &&
      node.left.getText().split(/\??\./).at(-1) === name
    )
      found.push(node.right.getText())
  })
  return found.map(text => valueOf(text, constants))
}

const files = readdirSync(lib, { recursive: true, encoding: 'utf8' }).filter(
  name => name.endsWith('.ts') && !/^(bench|cli)\//.test(name),
)

t.test('each @default is the one that the code has', async t => {
  let count = 0
  const timing = resolveTiming()
  for (const file of files)
    for (const [name, text] of documented(file)) {
      const wanted = valueOf(text)
      if (wanted === undefined || ofService.has(`${file} ${name}`)) continue
      const found = file.endsWith('realtime/timing.ts')
        ? [timing[name as keyof typeof timing]]
        : [file, ...(elsewhere[file] ?? [])].flatMap(f => inCode(f, name))
      // An option that is absent is false.
      if (found.length === 0 && wanted === false) continue
      t.ok(found.length > 0, `${file}: ${name} has a default in the code`)
      for (const value of found) t.same(value, wanted, `${file}: ${name}`)
      count++
    }
  t.ok(count > 70, `${count} were compared`)
})

t.test('the size of captions is that of the profile', async t => {
  const profiles = {
    'captions/caption-options.ts': plainProfile,
    'captions/live-captions.ts': captionProfiles.live,
  }
  for (const [file, profile] of Object.entries(profiles)) {
    const defaults = new Map(documented(file))
    for (const name of ['maxLineWidth', 'maxLineCount'] as const)
      t.equal(defaults.get(name), `the profile's, ${profile[name]}`, file)
  }
})
