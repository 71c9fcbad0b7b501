import { readFileSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import t from 'tap'
import { endsBatch, exitCode, exitCodeFor } from '../../lib/cli/cli-error.ts'
import { textOf } from '../fixtures/markdown.ts'

const errors = resolve(import.meta.dirname, '../../lib/core/errors.ts')
const source = readFileSync(errors, 'utf8')
const union = /type ErrorCode =([^]+?)\n\n/.exec(source)![1]!
const codes = [...union.matchAll(/'(VOX_\w+)'/g)].map(found => found[1]!)

const warnings = [
  .../type WarningCode =([^]+?)\n\n/.exec(source)![1]!.matchAll(/'(VOX_\w+)'/g),
].map(found => found[1]!)

const page = textOf('docs/errors.md')
const rows = [
  ...page.matchAll(/^\| `(VOX_\w+)` +\| (\d|–) +\| (yes|always)? +\|$/gm),
]

t.test('every code has a chapter that says when and what to do', async t => {
  const chapters = page.split(/^##+ /m).slice(1)
  const found = chapters.flatMap(chapter => {
    const code = /^`(VOX_\w+)`\n/.exec(chapter)?.[1]
    if (!code) return []
    t.match(chapter, /\*\*When\*\*/, `${code}: when`)
    t.match(chapter, /\*\*Do\*\*/, `${code}: what to do`)
    return [code]
  })
  t.same(found.sort(), codes.toSorted())
})

t.test('every code is in the table, with its exit code', async t => {
  t.same(rows.map(row => row[1]!).sort(), codes.toSorted())
  for (const [, code, exit, warning] of rows)
    if (exit === '–') t.equal(warning, 'always', `${code} is no error`)
    else t.equal(exitCodeFor({ code }), Number(exit), code!)
})

t.test('the page says by which statuses one file is refused', async t => {
  const [, list] = /\(HTTP status ([\d, or]+)\)/.exec(page)!
  const told = list!.match(/\d+/g)!.map(Number)
  const statuses = Array.from({ length: 200 }, (_, i) => 400 + i)
  const found = statuses.filter(
    status => !endsBatch({ code: 'VOX_SERVICE_REFUSED', status }),
  )
  t.same(told, found)
})

t.test('the table marks exactly the codes of warnings', async t => {
  const marked = rows.filter(([, , , warning]) => warning).map(row => row[1]!)
  t.same(marked.sort(), warnings.toSorted())
})

t.test('what is retryable says so, and nothing else does', async t => {
  const classes = source.split(/^export class /m).slice(1)
  const retryable = classes.flatMap(text =>
    /\bretryable = true\b/.test(text)
      ? [/readonly code = '(VOX_\w+)'/.exec(text)![1]!]
      : [],
  )
  const chapters = page.split(/^##+ /m).slice(1)
  const told = chapters.flatMap(chapter =>
    /\bRetryable\./.test(chapter) ? [/^`(VOX_\w+)`/.exec(chapter)![1]!] : [],
  )
  t.ok(retryable.length > 0)
  t.same(told.sort(), retryable.sort())
})

t.test('every code that lib has is one that is documented', async t => {
  const lib = resolve(import.meta.dirname, '../../lib')
  const used = new Set<string>()
  for (const name of readdirSync(lib, { recursive: true, encoding: 'utf8' })) {
    const path = resolve(lib, name)
    if (!name.endsWith('.ts') || path === errors) continue
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
