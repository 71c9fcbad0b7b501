import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type Node, Parser } from 'commonmark'
import t from 'tap'
import { textOf } from '../fixtures/markdown.ts'

const root = resolve(import.meta.dirname, '../..')

const pages = [
  ...readdirSync(root),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map(
    name => join('docs', name),
  ),
].filter(name => name.endsWith('.md') && !name.startsWith('docs/api/'))

const nodesOf = (page: string): Node[] => {
  const walker = new Parser().parse(textOf(page)).walker()
  const nodes: Node[] = []
  for (let step = walker.next(); step; step = walker.next())
    if (step.entering) nodes.push(step.node)
  return nodes
}

const textIn = (node: Node): string => {
  const walker = node.walker()
  let text = ''
  for (let step = walker.next(); step; step = walker.next())
    if (step.entering) text += step.node.literal ?? ''
  return text
}

/** The anchors of a page's headings, as GitHub makes them. */
const anchorsOf = (page: string): Set<string> => {
  const anchors = new Set<string>()
  for (const node of nodesOf(page)) {
    if (node.type !== 'heading') continue
    const words = textIn(node).toLowerCase()
    const slug = words.replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-')
    let anchor = slug
    for (let i = 1; anchors.has(anchor); i++) anchor = `${slug}-${i}`
    anchors.add(anchor)
  }
  return anchors
}

/** Links and pictures; those of tables, which CommonMark lacks, are text. */
const linksOf = (page: string): string[] =>
  nodesOf(page)
    .filter(({ type }) => type === 'link' || type === 'image')
    .map(({ destination }) => destination!)

t.test('every link within the project leads somewhere', async t => {
  t.ok(pages.includes('README.md') && pages.includes('docs/README.md'))
  let count = 0
  for (const page of pages)
    for (const link of linksOf(page)) {
      if (/^[a-z]+:/.test(link)) continue
      count++
      const [path = '', anchor] = decodeURI(link).split('#')
      const target = path === '' ? page : join(dirname(page), path)
      if (!t.ok(existsSync(join(root, target)), `${page}: ${link}`)) continue
      if (anchor === undefined) continue
      t.ok(anchorsOf(target).has(anchor), `${page}: ${link} is a heading`)
    }
  t.ok(count > 100, `${count} links`)
})

t.test('every other link is an address without a password', async t => {
  for (const page of pages)
    for (const link of linksOf(page)) {
      if (!/^[a-z]+:/.test(link)) continue
      const { protocol, password } = new URL(link)
      t.match(protocol, /^(https|mailto):$/, `${page}: ${link}`)
      t.equal(password, '', `${page}: ${link}`)
    }
})

t.test('the index leads to every page of docs', async t => {
  const linked = new Set(
    linksOf('docs/README.md').map(link =>
      join('docs', link.replace(/#.*/, '')),
    ),
  )
  for (const page of pages) {
    if (!page.startsWith('docs/') || page.startsWith('docs/decisions/'))
      continue
    if (page === 'docs/README.md') continue
    t.ok(linked.has(page), page)
  }
  t.ok(linked.has('docs/decisions'))
  t.ok(statSync(join(root, 'docs/decisions')).isDirectory())
})

t.test('the README leads to the index', async t => {
  t.ok(linksOf('README.md').includes('docs/README.md'))
})
