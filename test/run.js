/*
 * `npm test`: runs all tests but those of `test/long`. To start a process takes
 * longer than most files, so those that change nothing outside themselves share
 * one, a room together. Arguments are tap's; if one of them is a file or
 * folder, tap runs that, with a process for each file.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const root = resolve(import.meta.dirname, '..')
const groups = join(root, 'node_modules/.cache/voxpipe-test-groups')

/** Folders that are no tests, or are run by another command. */
const apart = new Set(['fixtures', 'long', 'mutations'])

/**
 * What two files in one process would disturb each other with: environment,
 * working folder, globals, prototypes, listeners, exit codes, memory, models,
 * other processes, and folders and hooks of tap's root test.
 */
const own = [
  /process\.(env|chdir|exit|on\(|once\(|emit|memoryUsage|kill|std)/,
  /globalThis|prototype|Object\.defineProperty|console/,
  /node:(child_process|worker_threads|cluster|v8|perf_hooks)/,
  /fixtures\/(browser|build|cli|local-server|memory|models|registry|workspace)/,
  /^(const .*= )?(await )?t\.(after|before|jobs|mock|setTimeout|testdir)/m,
]

const isShared = name => {
  const text = readFileSync(join(root, 'test', name), 'utf8')
  return !own.some(pattern => pattern.test(text))
}

/** Files of a room that share a process at most. */
const MOST = 14

/** Writes files that import what shares a process: one a room, or several. */
const groupsOf = names => {
  rmSync(groups, { recursive: true, force: true })
  mkdirSync(groups, { recursive: true })
  const rooms = new Map()
  for (const name of names) {
    const room = name.split('/')[0].replace('.ts', '')
    rooms.set(room, [...(rooms.get(room) ?? []), name])
  }
  return [...rooms].flatMap(([room, all]) => {
    const count = Math.ceil(all.length / MOST)
    return Array.from({ length: count }, (_, i) => {
      const path = join(groups, `${room}${count > 1 ? `-${i + 1}` : ''}.js`)
      const imports = all
        .filter((_, k) => k % count === i)
        .map(name => join(root, 'test', name))
        .map(file => `import '${pathToFileURL(file).href}'\n`)
      writeFileSync(path, imports.join(''))
      return path
    })
  })
}

const testFiles = () => {
  const files = readdirSync(join(root, 'test'), {
    recursive: true,
    encoding: 'utf8',
  })
    .filter(name => name.endsWith('.ts') && !apart.has(name.split('/')[0]))
    .toSorted((a, b) => (a < b ? -1 : 1))
  const alone = files
    .filter(name => !isShared(name))
    .map(name => `test/${name}`)
  return [...alone, ...groupsOf(files.filter(isShared))]
}

const args = process.argv.slice(2)
const named = args.some(arg => existsSync(join(root, arg)))
const tap = join(root, 'node_modules/tap/dist/esm/run.mjs')
const { status } = spawnSync(
  process.execPath,
  [tap, ...args, ...(named ? [] : testFiles())],
  { cwd: root, stdio: 'inherit' },
)
process.exitCode = status ?? 1
