/**
 * Runs the named benchmarks, or all: `npm run bench -- resampler`. Builds
 * voxpipe, so that what is measured is what is there, and installs what it is
 * measured against, which only this folder depends on.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const all = ['accuracy', 'throughput', 'resampler', 'memory', 'docs']
const scripts = { docs: 'write-docs' }
const here = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('..', import.meta.url))

const run = (command, args, cwd) => {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' })
  if (status !== 0) {
    console.error(`failed: ${command} ${args.join(' ')}`)
    process.exit(1)
  }
}

const names = process.argv.slice(2)
for (const name of names)
  if (!all.includes(name)) {
    console.error(`no benchmark '${name}'; there are: ${all.join(', ')}`)
    process.exit(2)
  }

run('npm', ['run', '--silent', 'build'], root)
if (!existsSync(`${here}node_modules`))
  run('npm', ['ci', '--no-audit', '--no-fund'], here)
for (const name of names.length > 0 ? names : all)
  run(process.execPath, [`${here}${scripts[name] ?? name}.js`], root)
