/*
 * Writes the generated part of docs/errors.md: the table of codes and a chapter
 * for each, from the docstrings of lib/core/errors.ts and
 * lib/core/warning-code.ts. `npm run docs:errors` runs it; test/docs/errors.ts
 * compares its result with the page.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { format, resolveConfig } from 'prettier'
import ts from 'typescript'
import { exitCodeFor } from '../lib/cli/cli-error.ts'

const root = resolve(import.meta.dirname, '..')
const path = join(root, 'docs/errors.md')
const generated = /<!-- errors:start -->[^]*<!-- errors:end -->/

/** Order of the chapters. */
const groups = [
  'Options',
  'Input',
  'ffmpeg',
  'Microphone',
  'Engine and models',
  'OpenAI',
  'Output',
]

/** What a docstring says of an error or a warning. */
type Description = {
  readonly when: string
  readonly fix: string
  readonly group: string | undefined
}

/** An error class. */
type ErrorClass = Description & {
  readonly code: string
  readonly isRetryable: boolean
  /** Documented fields, without those that every error has. */
  readonly fields: readonly (readonly [name: string, text: string])[]
}

const titleOf = (page: string): string =>
  /^# (.+)$/m.exec(readFileSync(join(root, 'docs', page), 'utf8'))![1]!

/** Names of pages in docstrings become links. */
const withLinks = (text: string): string =>
  text.replaceAll(
    /\bdocs\/(guide\/[\w-]+\.md)((?:#[\w-]+)?)/g,
    (_, page: string, anchor: string) => `[${titleOf(page)}](${page}${anchor})`,
  )

const oneLine = (text: string): string =>
  withLinks(text.replaceAll(/\s*\n\s*/g, ' ').trim())

const describe = (comment: string, where: string): Description => {
  const lines = comment.replace(/^\/\*\*|\*\/$/g, '').split('\n')
  const text = lines.map(line => line.replace(/^\s*\*? ?/, '')).join('\n')
  const [body = '', group] = text.split('@group ')
  const [when, fix] = body.split('**Fix:**')
  if (!when || !fix) throw new Error(`${where} does not say what to do`)
  return { when: oneLine(when), fix: oneLine(fix), group: group?.trim() }
}

/** The docstring before a node. */
const docstringOf = (node: ts.Node, file: ts.SourceFile): string => {
  const text = file.getFullText()
  const comments = ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []
  const last = comments.at(-1)
  return last ? text.slice(last.pos, last.end) : ''
}

const memberNamed = (
  node: ts.ClassDeclaration,
  name: string,
): ts.PropertyDeclaration | undefined =>
  node.members
    .filter(ts.isPropertyDeclaration)
    .find(member => member.name.getText() === name)

/** The documented fields of a class and of its base, without VoxpipeError's. */
const fieldsOf = (
  node: ts.ClassDeclaration,
  file: ts.SourceFile,
): [name: string, text: string][] => {
  const name = node.heritageClauses?.[0]?.types[0]?.getText()
  const base = file.statements
    .filter(ts.isClassDeclaration)
    .find(one => one.name?.text === name && name !== 'VoxpipeError')
  const own = node.members.filter(ts.isPropertyDeclaration).flatMap(member => {
    const text = docstringOf(member, file)
    if (!text) return []
    const sentence = oneLine(text.replaceAll(/^\/\*\*|\*\/$/g, ''))
    return [[member.name.getText(), sentence] as [string, string]]
  })
  return [...(base ? fieldsOf(base, file) : []), ...own]
}

const errorClasses = (): ErrorClass[] => {
  const name = join(root, 'lib/core/errors.ts')
  const text = readFileSync(name, 'utf8')
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true)
  return file.statements.filter(ts.isClassDeclaration).flatMap(node => {
    const code = memberNamed(node, 'code')?.initializer
    if (!code || !ts.isStringLiteral(code)) return []
    return {
      ...describe(docstringOf(node, file), node.name!.text),
      code: code.text,
      isRetryable: memberNamed(node, 'retryable') !== undefined,
      fields: fieldsOf(node, file),
    }
  })
}

const warnings = (): Map<string, Description> => {
  const file = join(root, 'lib/core/warning-code.ts')
  const members = readFileSync(file, 'utf8').matchAll(
    /(\/\*\*(?:(?!\*\/)[^])*\*\/)\s*\| '(VOX_\w+)'/g,
  )
  return new Map(
    [...members].map(([, comment, code]) => [code!, describe(comment!, code!)]),
  )
}

/** The page with its generated part as the docstrings have it. */
export const errorsPage = async (): Promise<string> => {
  const byCode = new Map(errorClasses().map(error => [error.code, error]))
  const warningOf = warnings()
  const rows: string[] = []
  const chapters: string[] = []
  const known = new Set([...byCode.keys(), ...warningOf.keys()])
  const groupOf = (code: string): string | undefined =>
    (byCode.get(code) ?? warningOf.get(code)!).group
  for (const group of groups) {
    chapters.push(`## ${group}`)
    if (group === 'OpenAI')
      chapters.push(
        'Errors of a service contain what the service reported, as far as it is known. None contains a key, a header or audio.',
      )
    for (const code of known) {
      if (groupOf(code) !== group) continue
      const error = byCode.get(code)
      const warning = warningOf.get(code)
      const exit = error || code === 'VOX_MAX_DURATION'
      rows.push(
        `| \`${code}\` | ${exit ? exitCodeFor({ code }) : '–'} | ${warning ? (error ? 'yes' : 'always') : ''} |`,
      )
      chapters.push(`### \`${code}\``)
      if (error) {
        const retry = error.isRetryable ? ' Retryable.' : ''
        chapters.push(
          `**When:** ${error.when}${retry}`,
          `**Fix:** ${error.fix}`,
        )
        const fields = error.fields.map(
          ([name, text]) => `\`${name}\`: ${text}`,
        )
        if (fields.length > 0)
          chapters.push(
            `**Fields:**\n\n${fields.map(field => `- ${field}`).join('\n')}`,
          )
      }
      if (warning)
        chapters.push(
          `**${error ? 'As a warning' : 'Always a warning'}:** ${warning.when}`,
          `**Fix:** ${warning.fix}`,
        )
    }
  }
  if (rows.length !== known.size)
    throw new Error('a code has no @group that the page knows')
  const part = [
    '<!-- errors:start -->',
    `| code | exit code | warning |\n| --- | --- | --- |\n${rows.join('\n')}`,
    ...chapters,
    '<!-- errors:end -->',
  ].join('\n\n')
  const page = readFileSync(path, 'utf8').replace(generated, () => part)
  const style = await resolveConfig(join(root, 'package.json'))
  return format(page, { ...style, parser: 'markdown' })
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(path, await errorsPage())
  console.log('written: docs/errors.md')
}
