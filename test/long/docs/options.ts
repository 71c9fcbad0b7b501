import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import ts from 'typescript'
import { resolveHlsOptions } from '../../../lib/captions/hls/hls-captions.ts'
import { maxTurnWaitMs } from '../../../lib/captions/hls/hls-segments.ts'
import {
  defaultProfile,
  captionProfiles,
} from '../../../lib/captions/profiles.ts'
import { suiteNames } from '../../../benchmarks/suite.ts'
import { createProgram, type Commands } from '../../../lib/cli/program.ts'
import { defaultModel } from '../../../lib/recognizers/moonshine/moonshine-recognizer.ts'
import { resolveTiming } from '../../../lib/openai/realtime/session-settings.ts'
import { documents, textOf } from '../../fixtures/markdown.ts'

const lib = resolve(import.meta.dirname, '../../../lib')

/** Where options get their defaults, if not in the file that documents them. */
const elsewhere: Readonly<Record<string, readonly string[]>> = {
  'openai/files/file-options.ts': ['openai/files/file-settings.ts'],
  'transcribe/transcribe-options.ts': [
    'transcribe/transcribe.ts',
    'transcribe/channel-transcriber.ts',
    'transcribe/local-transcriber.ts',
  ],
  'recognizers/recognizer.ts': ['recognizers/local-session.ts'],
  'testing/toxic.ts': ['testing/fault-proxy.ts'],
  'testing/uploads/scripted-answer.ts': ['testing/uploads/scripted-uploads.ts'],
}

/** Defaults of OpenAI's service, which voxpipe leaves to it. */
const ofService = new Set(
  ['prefixPaddingMs', 'silenceDurationMs', 'threshold'].map(
    name => `openai/files/file-options.ts ${name}`,
  ),
)

const parsed = new Map<string, ts.SourceFile>()

const parse = (file: string): ts.SourceFile => {
  const known = parsed.get(file)
  if (known) return known
  const text = readFileSync(join(lib, file), 'utf8')
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  parsed.set(file, tree)
  return tree
}

const each = (node: ts.Node, visit: (node: ts.Node) => void): void => {
  visit(node)
  ts.forEachChild(node, child => each(child, visit))
}

/** The value of a literal or another simple expression; undefined: prose. */
const valueOf = (text: string): unknown => {
  try {
    return runInNewContext(`(${text})`, { defaultModel })
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
  const constants = new Map<string, string>()
  const found: string[] = []
  each(parse(file), node => {
    if (ts.isVariableDeclaration(node) && node.initializer)
      constants.set(node.name.getText(), node.initializer.getText())
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
  return found.map(text => valueOf(constants.get(text) ?? text))
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
      const found =
        file === 'openai/realtime/session-settings.ts' && name in timing
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
    'captions/caption-options.ts': defaultProfile,
    'captions/live/live-captions.ts': captionProfiles.live,
  }
  for (const [file, profile] of Object.entries(profiles)) {
    const defaults = new Map(documented(file))
    for (const name of ['maxLineWidth', 'maxLineCount'] as const)
      t.equal(defaults.get(name), `the profile's, ${profile[name]}`, file)
  }
})

/** The properties of a type of a file. */
const propertiesOf = (file: string, type: string): string[] => {
  const found: string[] = []
  each(parse(file), node => {
    if (ts.isTypeAliasDeclaration(node) && node.name.text === type)
      each(node.type, part => {
        if (ts.isPropertySignature(part)) found.push(part.name.getText())
      })
  })
  return found
}

/** What a page has in code: its blocks, and what stands in backticks. */
const codeIn = (page: string): string => {
  const blocks = page.match(/^```[^]*?^```$/gm) ?? []
  const inline = page.replaceAll(/^```[^]*?^```$/gm, '').match(/`[^`]+`/g) ?? []
  return [...blocks, ...inline].join('\n')
}

t.test('the guides name each option', async t => {
  const types = [
    ['server', 'server/server-options.ts', 'ServerOptions'],
    ['testing', 'testing/speech-server-options.ts', 'SpeechServerOptions'],
    ['testing', 'testing/numbered-audio.ts', 'NumberedAudioOptions'],
    ['live', 'recognizers/turn-segmenter.ts', 'TurnOptions'],
    ['live', 'openai/realtime/session-settings.ts', 'RealtimeSessionOptions'],
  ] as const
  for (const [guide, file, type] of types) {
    const names = propertiesOf(file, type)
    t.ok(names.length > 3, type)
    const code = codeIn(textOf(`docs/guide/${guide}.md`))
    for (const name of names)
      t.ok(new RegExp(`\\b${name}\\b`).test(code), `${type}: ${name}`)
  }
})

t.test('the guides have the defaults of turns and of HLS', async t => {
  const live = textOf('docs/guide/live.md').replaceAll('\n', ' ')
  const turns = new Map(documented('recognizers/turn-segmenter.ts'))
  for (const name of ['silenceDurationMs', 'prefixPaddingMs', 'threshold'])
    t.match(live, new RegExp(`\`${name}\` \\(${turns.get(name)}\\b`), name)
  const page = textOf('docs/guide/captions.md').replaceAll('\n', ' ')
  const { segmentMs, delayMs, mpegts } = resolveHlsOptions({ live: true })
  t.match(page, `Each segment is ${segmentMs / 1_000} s long`)
  t.match(
    page,
    `writes a segment ${delayMs / 1_000} s after its end (\`delayMs\`)`,
  )
  t.match(page, `the timestamp ${mpegts}, which is ${mpegts / 90_000} s`)
  t.match(page, `until ${maxTurnWaitMs / 1_000} s after the turn began`)
})

t.test('the documents name each option of the command line', async t => {
  const program = createProgram('0.0.0', {} as Commands, () => {})
  const all = ['docs/errors.md', ...documents].map(textOf).join('\n')
  for (const command of [program, ...program.commands])
    for (const { long, short, hidden } of command.options) {
      if (hidden || long === '--version') continue
      const named = all.includes(long!) || all.includes(`\`${short}\``)
      t.ok(named, `${command.name()} ${long}`)
    }
})

t.test('the help has the address that serve listens on', async t => {
  const program = createProgram('0.0.0', {} as Commands, () => {})
  const serve = program.commands.find(command => command.name() === 'serve')!
  for (const name of ['host', 'port']) {
    const { description } = serve.options.find(o => o.long === `--${name}`)!
    const [value] = inCode('cli/serve.ts', name)
    t.match(description, new RegExp(String.raw`\b${String(value)}\b`), name)
  }
})

t.test('the guide on measuring has the options of bench', async t => {
  const program = createProgram('0.0.0', {} as Commands, () => {})
  const bench = program.commands.find(command => command.name() === 'bench')!
  const [, table = ''] = textOf('docs/guide/benchmarks.md').split(
    '\n## Options\n',
  )
  const rows = [...table.matchAll(/^\| `(--?[\w-]+)/gm)].map(row => row[1]!)
  const own = bench.options.map(({ long }) => long!)
  t.same(
    own.filter(name => !rows.includes(name)),
    [],
  )
  const known = new Set(
    [...bench.options, ...program.options].flatMap(({ long, short }) => [
      long,
      short,
    ]),
  )
  t.same(
    rows.filter(name => !known.has(name)),
    [],
  )
  const suites = [
    ...textOf('docs/guide/benchmarks.md').matchAll(/^\| `([a-z]+)` +\|/gm),
  ]
  t.same(
    suites.map(row => row[1]),
    suiteNames,
  )
})
