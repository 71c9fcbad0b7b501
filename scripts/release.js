/*
 * Makes a release of the commit that is checked out: a tarball and a tag.
 * `npm run release -- --dry-run` checks everything and makes neither. Needs a
 * clean tree, a version without a tag, and a dated chapter of CHANGELOG.md.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const run = (program, args) =>
  execFileSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 26 }).trim()

const fail = message => {
  console.error(`release: ${message}`)
  process.exit(1)
}

const options = process.argv.slice(2)
const isDryRun = options[0] === '--dry-run'
if (options.length > (isDryRun ? 1 : 0))
  fail(`unknown option ${options.join(' ')}; only --dry-run is allowed`)

process.chdir(run('git', ['rev-parse', '--show-toplevel']))
const read = file => JSON.parse(readFileSync(file, 'utf8'))
const { name, version } = read('package.json')
const tag = `v${version}`

if (run('git', ['status', '--porcelain']) !== '')
  fail('there are uncommitted changes; commit or remove them first')
if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
  fail(`'${version}' in package.json is not a version`)
if (read('package-lock.json').version !== version)
  fail(`package-lock.json has another version; run npm install`)
if (run('git', ['tag', '--list', tag]) !== '')
  fail(`the tag ${tag} exists; raise the version in package.json first`)

const chapters = readFileSync('CHANGELOG.md', 'utf8').split(/^## /m)
const chapter = chapters.find(text => text.startsWith(`${version} `))
if (!chapter) fail(`CHANGELOG.md has no chapter '## ${version} (DATE)'`)
const [title, ...lines] = chapter.split('\n')
if (!/\(\d{4}-\d{2}-\d{2}\)$/.test(title))
  fail(`the chapter '${title}' of CHANGELOG.md has no date`)
const changes = lines.join('\n').trim()
if (changes === '') fail(`the chapter '${title}' of CHANGELOG.md is empty`)

const pack = isDryRun ? ['--dry-run', '--ignore-scripts'] : []
// What a script prints comes before the JSON.
const output = run('npm', ['pack', '--json', ...pack])
const [{ filename, entryCount }] = JSON.parse(
  output.slice(output.search(/^\[$/m)),
)
if (isDryRun) {
  console.log(`${name} ${version}: everything is ready`)
  console.log(`would write ${filename} and make the tag ${tag}`)
} else {
  run('git', ['tag', '--annotate', tag, '--message', `${title}\n\n${changes}`])
  console.log(`written: ${filename}, ${entryCount} files`)
  console.log(`made: the tag ${tag}`)
  console.log(`next: git push origin ${tag} && npm publish ${filename}`)
}
