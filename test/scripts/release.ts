// In a process of its own: it runs git and npm, in folders of its own.
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t, { type Test } from 'tap'
import { textOf } from '../fixtures/markdown.ts'

const script = resolve(import.meta.dirname, '../../scripts/release.js')

/** A clone of a project that is ready to be released. */
class Project {
  readonly #folder: string
  constructor(t: Test) {
    this.#folder = t.testdir({})
    this.git('init', '--quiet')
    this.git('config', 'user.name', 'Tester')
    this.git('config', 'user.email', 'tester@example.com')
    const facts = JSON.stringify({ name: 'talks', version: '1.2.3' })
    this.write('package.json', facts)
    this.write('package-lock.json', facts)
    this.write('.gitignore', '*.tgz\n')
    this.write('CHANGELOG.md', '# Changes\n\n## 1.2.3 (2026-12-01)\n\n- New.\n')
    this.commit()
  }

  git(...args: string[]): string {
    return spawnSync('git', args, { cwd: this.#folder, encoding: 'utf8' })
      .stdout
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.#folder, name), text)
  }

  commit(): void {
    this.git('add', '--all')
    this.git('commit', '--quiet', '--message', '1.2.3')
  }

  has(name: string): boolean {
    return existsSync(join(this.#folder, name))
  }

  release(...args: string[]): { status: number | null; text: string } {
    const options = { cwd: this.#folder, encoding: 'utf8' } as const
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [script, ...args],
      options,
    )
    return { status, text: stdout + stderr }
  }
}

t.test(
  '--dry-run changes nothing, and a run makes tag and tarball',
  async t => {
    const project = new Project(t)
    const dry = project.release('--dry-run')
    t.match(dry.text, 'would write talks-1.2.3.tgz and make the tag v1.2.3')
    t.equal(dry.status, 0)
    t.notOk(project.has('talks-1.2.3.tgz'))
    t.equal(project.git('tag'), '')

    const real = project.release()
    t.match(real.text, 'npm publish talks-1.2.3.tgz')
    t.equal(real.status, 0)
    t.ok(project.has('talks-1.2.3.tgz'))
    t.match(project.git('show', 'v1.2.3'), /1\.2\.3 \(2026-12-01\)\s+- New\./)

    t.match(project.release(), { status: 1, text: 'the tag v1.2.3 exists' })
  },
)

t.test('what is not ready is refused, with the reason', async t => {
  const project = new Project(t)
  project.write('CHANGELOG.md', '## 1.2.3 (unreleased)\n\n- New.\n')
  t.match(project.release('--dry-run').text, 'uncommitted changes')
  project.commit()
  t.match(project.release('--dry-run').text, 'has no date')
  project.write(
    'CHANGELOG.md',
    '## 1.2.3 (2026-12-01)\n\n## 1.2.2 (2026-11-01)\n',
  )
  project.commit()
  t.match(project.release('--dry-run').text, 'is empty')
  project.write('CHANGELOG.md', '## 1.2.2 (2026-11-01)\n\n- Old.\n')
  project.commit()
  t.match(project.release('--dry-run').text, "no chapter '## 1.2.3 (DATE)'")
  project.write('package.json', '{"name":"talks","version":"1.3.0"}')
  project.commit()
  t.match(project.release('--dry-run').text, 'package-lock.json has another')
  t.match(project.release('--wet-run'), { status: 1, text: '--wet-run' })
  t.equal(project.git('tag'), '')
})

t.test('the changelog has a chapter for this version', async t => {
  const { version } = JSON.parse(textOf('package.json')) as { version: string }
  t.match(textOf('CHANGELOG.md'), new RegExp(`^## ${version} \\(`, 'm'))
})
