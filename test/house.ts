import { readFileSync, readdirSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import t from 'tap'

const root = resolve(import.meta.dirname, '..')
const lib = join(root, 'lib')

/** Rooms that make a transcript of audio, and captions of it. */
const makers = [
  'core',
  'audio',
  'io',
  'decode',
  'stages',
  'recognizers',
  'openai',
  'transcribe',
  'captions',
]

/** Which rooms a room may import, beside itself. */
const rules: Record<string, readonly string[]> = {
  core: [],
  audio: ['core'],
  io: ['core'],
  decode: ['core', 'audio', 'io'],
  stages: ['core', 'audio'],
  recognizers: ['core', 'audio', 'io'],
  openai: ['core', 'audio', 'io', 'decode', 'stages', 'recognizers'],
  transcribe: makers,
  captions: ['core'],
  testing: ['core', 'audio', 'io', 'decode', 'recognizers', 'openai', 'server'],
  server: [
    'core',
    'audio',
    'io',
    'recognizers',
    'openai',
    'transcribe',
    'captions',
  ],
  cli: ['server'],
}

/**
 * The files behind `package.json`'s `exports`, and which rooms each exports
 * from. Only the command imports them.
 */
const entries: Record<string, readonly string[]> = {
  'index.ts': makers,
  'captions/index.ts': ['captions', 'io'],
  'openai/index.ts': ['openai', 'transcribe'],
  'recognizers/index.ts': ['recognizers', 'io', 'transcribe'],
  'audio/index.ts': ['audio', 'decode', 'io'],
  'server/index.ts': ['server'],
  'testing/index.ts': ['testing'],
}

/** Of OpenAI's room, only what both ends agree on is for a server. */
const wireOnly = new Set(['testing', 'server'])

/** Node's own modules that only some rooms may import. */
const doors: readonly { module: RegExp; rooms: readonly string[] }[] = [
  {
    module:
      /^node:(child_process|tls|http2|dgram)$|^(undici|https?-proxy-agent|socks-proxy-agent|openai\/realtime\/ws)$/,
    rooms: ['io'],
  },
  {
    module: /^node:(net|https?)$|^ws$/,
    rooms: ['io', 'testing', 'server'],
  },
  { module: /^openai(\/|$)/, rooms: ['io', 'openai'] },
  {
    module: /^node:stream/,
    rooms: [
      ...makers.filter(room => room !== 'audio' && room !== 'recognizers'),
      'cli',
      'testing',
      'server',
    ],
  },
]

/** Names that print, or that read the command line. */
const prints =
  /\bconsole\.|\bprocess\.(argv|exitCode|exit|stdin|stdout|stderr)\b/

const roomOf = (file: string): string => relative(lib, file).split('/')[0]!

const sourcesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && !name.includes('node_modules'))
    .map(name => join(folder, name))

const files = sourcesIn(lib)

/** What `voxpipe/bench` is built of; it is no room of `lib`. */
const benchmarks = join(root, 'benchmarks')
const harness = sourcesIn(benchmarks)

const importsOf = (source: string): string[] =>
  [...source.matchAll(/(?:from|import\(?)\s*'([^']+)'/g)].map(m => m[1]!)

t.test('rooms import only what they may', async t => {
  t.ok(files.length > 10, 'there are files to look at')
  for (const file of files) {
    const room = roomOf(file)
    const allowed = entries[relative(lib, file)] ?? rules[room]
    if (!allowed) {
      t.fail(`${room} is no room of the house`)
      continue
    }
    for (const name of importsOf(readFileSync(file, 'utf8'))) {
      const edge = `${relative(lib, file)} imports ${name}`
      if (name.startsWith('.')) {
        const path = resolve(dirname(file), name)
        const target = roomOf(path)
        const isFine =
          relative(lib, path) in entries
            ? room === 'cli'
            : target === room || allowed.includes(target)
        if (!isFine) t.fail(edge)
        if (target === 'openai' && wireOnly.has(room))
          if (!relative(lib, path).startsWith('openai/wire/')) t.fail(edge)
      } else
        for (const { module, rooms } of doors)
          if (module.test(name) && !rooms.includes(room)) t.fail(edge)
    }
  }
})

t.test('the harness imports what the package exports', async t => {
  const { exports } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  ) as { exports: Record<string, unknown> }
  t.ok(harness.length > 10, 'there are files to look at')
  for (const file of harness)
    for (const name of importsOf(readFileSync(file, 'utf8'))) {
      const [own, ...rest] = name.split('/')
      const isFine = name.startsWith('.')
        ? resolve(dirname(file), name).startsWith(benchmarks + sep)
        : own !== 'voxpipe' || ['.', ...rest].join('/') in exports
      if (!isFine) t.fail(`${relative(root, file)} imports ${name}`)
    }
})

t.test('only the command line prints or reads argv', async t => {
  for (const file of [...files, ...harness]) {
    if (roomOf(file) === 'cli') continue
    const source = readFileSync(file, 'utf8')
    const code = source.replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '')
    const found = prints.exec(code)
    if (found) t.fail(`${relative(root, file)} says ${found[0]}`)
  }
})

t.test('commands use the streams and signals of their terminal', async t => {
  const own = new Set(['cli/main.ts', 'cli/run-process.ts', 'cli/terminal.ts'])
  const ofProcess =
    /\bprocess\.(argv|env|stdin|stdout|stderr|exit|exitCode|on|once|off|kill)\b/
  for (const file of files) {
    const name = relative(lib, file)
    if (roomOf(file) !== 'cli' || own.has(name)) continue
    const source = readFileSync(file, 'utf8')
    const code = source.replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '')
    const found = ofProcess.exec(code)
    if (found) t.fail(`${name} says ${found[0]}`)
  }
})

t.test('no file passes 400 lines', async t => {
  for (const file of [...files, ...harness]) {
    const lines = readFileSync(file, 'utf8').split('\n').length
    if (lines > 400) t.fail(`${relative(root, file)} has ${lines} lines`)
  }
})

t.test('no two files and no two classes share a name', async t => {
  const seen = new Map<string, string>()
  const claim = (name: string, file: string): void => {
    const other = seen.get(name)
    if (other) t.fail(`${name} is in ${other} and ${file}`)
    seen.set(name, file)
  }
  for (const file of files) {
    const name = relative(lib, file)
    if (basename(file) !== 'index.ts') claim(basename(file), name)
    const source = readFileSync(file, 'utf8')
    for (const [, found] of source.matchAll(/^(?:\w+ )*class ([A-Z]\w*)/gm))
      claim(`class ${found}`, name)
  }
  t.ok(seen.size > 200, 'there are names to look at')
})

t.test('what only some need is loaded when they need it', async t => {
  const slow =
    /^(openai|zod|ws|undici|ini|modern-tar\/fs|https?-proxy-agent|socks-proxy-agent|onnxruntime-node|llama-tokenizer-js|prism-media|opus-decoder|mpg123-decoder|@wasm-audio-decoders\/[a-z-]+)(\/|$)/
  const ofServers = new Set(['server/index.ts', 'testing/index.ts'])
  const light = Object.keys(entries).filter(name => !ofServers.has(name))
  const seen = new Set(light.map(name => join(lib, name)))
  for (const file of seen) {
    const source = readFileSync(file, 'utf8')
    const imports = /^(?:import|export)(?! type)[^']*?from '([^']+)'/gm
    for (const [, name] of source.matchAll(imports))
      if (name!.startsWith('.')) seen.add(resolve(dirname(file), name!))
      else if (slow.test(name!))
        t.fail(`${relative(lib, file)} imports ${name}`)
  }
  t.ok(seen.size > 50)
})
