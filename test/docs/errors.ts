import { readFileSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import t from 'tap'
import { endsBatch, exitCode } from '../../lib/cli/cli-error.ts'
import { errorsPage } from '../../scripts/errors-page.ts'
import { textOf } from '../fixtures/markdown.ts'

const core = resolve(import.meta.dirname, '../../lib/core')
const definitions = new Set(
  ['errors.ts', 'warning-code.ts'].map(file => resolve(core, file)),
)
const codesIn = (file: string, type: string): string[] => {
  const source = readFileSync(resolve(core, file), 'utf8')
  const [, union = ''] =
    new RegExp(`type ${type} =([^]+?\\n)(\\n|$)`).exec(source) ?? []
  return [...union.matchAll(/\| '(VOX_\w+)'/g)].map(found => found[1]!)
}
const codes = [
  ...codesIn('errors.ts', 'ErrorCode'),
  ...codesIn('warning-code.ts', 'WarningCode'),
]

const page = textOf('docs/errors.md')
const rows = [
  ...page.matchAll(/^\| `(VOX_\w+)` +\| (\d|–) +\| (yes|always)? +\|$/gm),
]

t.test('the page has what the docstrings of the errors say', async t => {
  t.equal(page, await errorsPage(), 'npm run docs:errors writes it')
})

t.test('the page has every code', async t => {
  t.ok(codes.length > 20)
  t.same(rows.map(row => row[1]!).sort(), codes.toSorted())
})

t.test('the page says by which statuses one file is refused', async t => {
  const [, list] = /\(HTTP status ([\d, or]+)\)/.exec(page)!
  const listed = list!.match(/\d+/g)!.map(Number)
  const statuses = Array.from({ length: 200 }, (_, i) => 400 + i)
  const found = statuses.filter(
    status => !endsBatch({ code: 'VOX_SERVICE_REFUSED', status }),
  )
  t.same(listed, found)
})

t.test('every code that lib has is one that is documented', async t => {
  const lib = resolve(import.meta.dirname, '../../lib')
  const used = new Set<string>()
  for (const name of readdirSync(lib, { recursive: true, encoding: 'utf8' })) {
    const path = resolve(lib, name)
    if (!name.endsWith('.ts') || definitions.has(path)) continue
    const source = readFileSync(path, 'utf8')
    // A prefix of several codes is none.
    for (const [, code] of source.matchAll(/(?<!startsWith\()'(VOX_\w+)'/g))
      used.add(code!)
  }
  t.strictSame(
    [...used].filter(code => !codes.includes(code)),
    [],
  )
  // Those of errors are in their classes; the others have to come from here.
  const always = rows.filter(([, , , when]) => when === 'always')
  for (const [, code] of always) t.ok(used.has(code!), `${code} is emitted`)
})

t.test('every exit code is described, here and in the README', async t => {
  for (const code of Object.values(exitCode)) {
    const row = new RegExp(String.raw`^\| ${code} +\|`, 'm')
    t.match(page, row, `errors.md has ${code}`)
    t.match(textOf('README.md'), row, `README.md has ${code}`)
  }
})
