import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { documents, textOf } from '../fixtures/markdown.ts'

/** Words of the longest sentence that a page may have. */
const MOST = 30

const docs = resolve(import.meta.dirname, '../../docs')

const pages = [
  ...documents,
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync(docs)
    .filter(name => name.endsWith('.md') && name !== 'benchmarks.md')
    .map(name => join('docs', name)),
]

/** The prose of a page: paragraphs and list items, each in one line. */
const proseOf = (page: string): string[] =>
  textOf(page)
    .replaceAll(/^```[^]*?^```$/gm, '\n')
    .replaceAll(/<!-- bench:start -->[^]*<!-- bench:end -->/g, '\n')
    .replaceAll(/^(\||#|<!--).*$/gm, '\n')
    .replaceAll(/^ *(-|\d+\.) /gm, '\n')
    .split(/\n\s*\n/)
    .map(part => part.replaceAll(/\s+/g, ' ').trim())
    .filter(part => part !== '')

/** The sentences of a text; code and the addresses of links are one word. */
const sentencesOf = (text: string): string[] =>
  text
    .replaceAll(/`[^`]+`/g, 'code')
    .replaceAll(/\]\([^)]*\)/g, ']')
    .split(/(?<=[.?!][)*"]*) /)

t.test('a sentence is counted as a reader counts', async t => {
  t.same(sentencesOf('One. Two `a. b` words: three [four](five six).'), [
    'One.',
    'Two code words: three [four].',
  ])
})

t.test(`no sentence has more than ${MOST} words`, async t => {
  t.ok(pages.length > 15)
  for (const page of pages)
    for (const part of proseOf(page))
      for (const sentence of sentencesOf(part)) {
        const { length } = sentence.split(' ')
        if (length > MOST) t.fail(`${page}: ${length} words: ${sentence}`)
      }
})
