import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { writeApi } from '../../../scripts/api-docs.ts'

const committed = resolve(import.meta.dirname, '../../../docs/api')

const pagesIn = (folder: string): Map<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.md'))
      .sort()
      .map(name => [name, readFileSync(join(folder, name), 'utf8')]),
  )

t.test('the API reference is complete and up to date', async t => {
  const folder = t.testdir({})
  t.same(await writeApi(folder), [], 'every exported name has a docstring')
  const pages = pagesIn(folder)
  t.ok(pages.size > 5)
  t.same(pagesIn(committed), pages, 'npm run docs:api writes it')
})
