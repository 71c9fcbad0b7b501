/**
 * Seeds one-line faults, each in a copy of the checkout, and tells which tests
 * notice it: `npm run test:mutations`, or with parts of the names of files
 * after it for some of them. The tests that are the fewest imports away from the
 * fault run first; if none of them fails, `npm test` does, and then, with
 * `--long`, `npm run test:long`; `--long=docs,engine`: parts of it.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { faults, type Fault } from './faults.ts'

/** Test files of the rounds before the whole suite. */
const ROUNDS = [8, 24]

const root = resolve(import.meta.dirname, '../..')

/** Folders of tests that no suite runs by itself. */
const apart = new Set(['fixtures', 'long', 'mutations'])

const testFiles = (): string[] =>
  readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .filter(file => !apart.has(file.split('/')[0]!))
    .map(file => `test/${file}`)

const IMPORT = /(?:from|import|import\()\s*'(\.[^']+\.ts)'/g

const importsOf = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(IMPORT)].map(found =>
    relative(root, resolve(root, dirname(file), found[1]!)),
  )

/** How many imports each file that a test needs is away from it. */
const distancesFrom = (test: string): Map<string, number> => {
  const distances = new Map([[test, 0]])
  for (const [file, distance] of distances)
    for (const next of importsOf(file))
      if (!distances.has(next)) distances.set(next, distance + 1)
  return distances
}

const copyOf = ({ file, find, replace }: Fault): string => {
  const folder = mkdtempSync(join(tmpdir(), 'voxpipe-fault-'))
  const tracked = execFileSync('git', ['ls-files', '-z'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  for (const name of tracked.split('\0').filter(Boolean))
    cpSync(join(root, name), join(folder, name), { verbatimSymlinks: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const text = readFileSync(join(folder, file), 'utf8')
  if (text.split(find).length !== 2)
    throw new Error(`${file} does not have this exactly once: ${find}`)
  writeFileSync(
    join(folder, file),
    text.replace(find, () => replace),
  )
  return folder
}

/** The first test file that fails, of those that these arguments are for. */
const failureOf = (
  folder: string,
  args: readonly string[],
): string | undefined => {
  const { status, stdout } = spawnSync(
    process.execPath,
    ['test/run.js', ...args],
    { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 28 },
  )
  if (status === 0) return undefined
  return /^not ok \d+ - (\S+)/m.exec(stdout)?.[1] ?? 'a test'
}

const args = process.argv.slice(2)
const long = args.find(arg => arg.startsWith('--long'))
const parts = long?.split('=')[1]?.split(',') ?? []
const named = args.filter(arg => !arg.startsWith('-'))
const chosen = faults.filter(
  ({ file }) => named.length === 0 || named.some(name => file.includes(name)),
)
const tests = testFiles().map(test => ({
  test,
  far: distancesFrom(test),
}))
let missed = 0
for (const fault of chosen) {
  const begun = performance.now()
  const folder = copyOf(fault)
  const farOf = (far: Map<string, number>): number =>
    far.get(fault.file) ?? Infinity
  const order = tests
    .toSorted((a, b) => {
      const [one, other] = [farOf(a.far), farOf(b.far)]
      return one === other ? a.test.localeCompare(b.test) : one - other
    })
    .map(({ test }) => test)
  let failed: string | undefined
  for (const count of ROUNDS)
    failed ??= failureOf(folder, order.splice(0, count))
  failed ??= failureOf(folder, [])
  if (long) failed ??= failureOf(folder, ['--long', ...parts])
  rmSync(folder, { recursive: true })
  if (!failed) missed++
  const seconds = Math.round((performance.now() - begun) / 1_000)
  console.log(
    `${failed ? 'noticed' : 'MISSED'}\t${fault.file}\t${fault.effect}\t${failed ?? ''}\t${seconds} s`,
  )
}
console.log(`${chosen.length - missed} of ${chosen.length} noticed`)
process.exitCode = missed > 0 ? 1 : 0
