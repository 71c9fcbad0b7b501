import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import t from 'tap'

const root = resolve(import.meta.dirname, '../..')
const lib = join(root, 'lib')
const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8')

/** Files that a text names: paths in `lib`, or base names alone. */
const filesIn = (text: string): string[] =>
  [...text.matchAll(/`([\w./-]+\.ts)`/g)].map(match => match[1]!)

const names = new Set(
  readdirSync(lib, { recursive: true, encoding: 'utf8' }).map(name =>
    basename(name),
  ),
)

t.test('every file that docs/architecture.md names exists', async t => {
  const files = filesIn(page).filter(file => !file.startsWith('test/'))
  t.ok(files.length > 60)
  for (const file of files)
    t.ok(
      file.includes('/') && !file.startsWith('realtime/')
        ? existsSync(join(lib, file))
        : names.has(basename(file)),
      file,
    )
})

t.test('each walk passes through at most 20 files, as it says', async t => {
  const walks = page.split(/^## /m).filter(part => part.startsWith('Walk '))
  t.equal(walks.length, 3)
  for (const walk of walks) {
    const [steps = '', rest = ''] = walk.split(/^(?=That is \d+ files)/m)
    const files = new Set(filesIn(steps))
    t.ok(files.size <= 20, `${walk.slice(0, 6)}: ${files.size} files`)
    t.match(rest, `That is ${files.size} files`)
  }
})
