/*
 * `npm test`: runs all tests but those of `test/long`, or those of the rooms that
 * are named after `--`. To start a process takes longer than most files, so the
 * files of a room share one.
 *
 * `npm run test:long`: runs the folders of `test/long` that are named after
 * `--`, or all of them, one file at a time.
 *
 * Other arguments are tap's; if one of them is a file or folder, tap runs that,
 * with a process for each file.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const root = resolve(import.meta.dirname, '..')
const groups = join(root, 'node_modules/.cache/voxpipe-test-groups')

/** Folders that are no tests, or are run by another command. */
const apart = new Set(['fixtures', 'long', 'mutations', 'types'])

/**
 * A file that others in its process would disturb, or that disturbs them, says
 * so in its first line, and why. What a test puts back when it is over
 * disturbs none; the `testdir()` of the root test is one for all of them.
 */
const alone = /^\/\/ In a process of its own: |^(const .*= )?t\.testdir\(/m

const isShared = name =>
  !alone.test(readFileSync(join(root, 'test', name), 'utf8'))

/** Files of a room that share a process at most. */
const MOST = 40

/** Writes files that import what shares a process: one a room, or several. */
const groupsOf = names => {
  rmSync(groups, { recursive: true, force: true })
  mkdirSync(groups, { recursive: true })
  const rooms = new Map()
  for (const name of names) {
    const room = roomOf(name)
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

const roomOf = name => name.split('/')[0].replace('.ts', '')

/** What tap is given for rooms, or for all of them. */
const testFiles = rooms => {
  const files = readdirSync(join(root, 'test'), {
    recursive: true,
    encoding: 'utf8',
  })
    .filter(name => name.endsWith('.ts') && !apart.has(roomOf(name)))
    .filter(name => rooms.length === 0 || rooms.includes(roomOf(name)))
    .toSorted((a, b) => (a < b ? -1 : 1))
  return [
    ...files.filter(name => !isShared(name)).map(name => `test/${name}`),
    ...groupsOf(files.filter(isShared)),
  ]
}

/** Folders of `test/long`, in the order of how long they take. */
const parts = ['docs', 'engine', 'bench', 'server', 'realtime', 'decode']

const longFiles = names =>
  (names.length > 0 ? names : parts).flatMap(part =>
    readdirSync(join(root, 'test/long', part))
      .toSorted((a, b) => (a < b ? -1 : 1))
      .map(name => `test/long/${part}/${name}`),
  )

/** Folders among arguments, and what else there is for tap. */
const split = (args, folders) => [
  args.filter(arg => folders.includes(arg)),
  args.filter(arg => !folders.includes(arg)),
]

const argsOfTap = args => {
  if (args[0] === '--long') {
    const [named, rest] = split(args.slice(1), parts)
    const plain = ['--exclude=nothing', '--timeout=3600', '--jobs=1']
    return [...plain, ...rest, ...longFiles(named)]
  }
  if (args.some(arg => arg.includes('/') && existsSync(join(root, arg))))
    return args
  const rooms = readdirSync(join(root, 'test')).map(roomOf)
  const [named, rest] = split(args, rooms)
  return [...rest, ...testFiles(named)]
}

const tap = join(root, 'node_modules/tap/dist/esm/run.mjs')
const { status } = spawnSync(
  process.execPath,
  [tap, ...argsOfTap(process.argv.slice(2))],
  { cwd: root, stdio: 'inherit' },
)
process.exitCode = status ?? 1
